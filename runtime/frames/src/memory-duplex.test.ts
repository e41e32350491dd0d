import assert from "node:assert/strict";
import { memoryDuplexPair } from "./memory-duplex.ts";

const tick = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A pair of which the right end notes what comes. */
function pair() {
  const { left, right } = memoryDuplexPair<string, string>();
  const seen: string[] = [];
  right.on("data", (frame) => seen.push(frame));
  right.on("end", () => seen.push("(end)"));
  right.on("close", () => seen.push("(close)"));
  return { left, right, seen };
}

describe("memoryDuplexPair", () => {
  it("brings what one writes to the other, in order and not before the next tick", async () => {
    const { left, seen } = pair();
    assert.ok(left.write("a"));
    assert.ok(left.write("b"));
    assert.deepEqual(seen, []);
    await tick();
    assert.deepEqual(seen, ["a", "b"]);
  });

  it("holds back while the other does not read, and says when it does again", async () => {
    const { left, right, seen } = pair();
    let drained = 0;
    left.on("drain", () => drained++);
    right.setReading(false);
    assert.equal(left.write("a"), false);
    await tick();
    assert.deepEqual([seen, drained], [[], 0]);
    right.setReading(true);
    assert.deepEqual([seen, drained], [["a"], 1]);
    assert.equal(left.write("b"), true);
    await tick();
    assert.deepEqual(seen, ["a", "b"]);
  });

  it("ends after everything that was written before, however late that is read", async () => {
    const { left, right, seen } = pair();
    right.setReading(false);
    left.write("a");
    left.end();
    await tick();
    assert.deepEqual(seen, []);
    right.setReading(true);
    await tick();
    assert.deepEqual(seen, ["a", "(end)"]);
  });

  it("loses what is on its way when it breaks, and closes both ends once", async () => {
    const { left, right, seen } = pair();
    let closed = 0;
    left.on("close", () => closed++);
    left.write("a");
    right.break();
    left.break();
    assert.equal(left.write("b"), false);
    left.end();
    await tick();
    assert.deepEqual([seen, closed], [["(close)"], 1]);
  });
});
