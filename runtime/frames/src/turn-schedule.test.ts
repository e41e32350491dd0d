import assert from "node:assert/strict";
import { turnSchedule } from "./turn-schedule.ts";

const tick = () => new Promise<void>((resolve) => process.nextTick(resolve));
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("turnSchedule", () => {
  it("flushes the first at the end of the tick", async () => {
    const schedule = turnSchedule();
    let flushed = 0;
    schedule(() => {
      flushed += 1;
    });
    assert.equal(flushed, 0);
    await tick();
    assert.equal(flushed, 1);
  });

  it("flushes what later ticks of the turn bring at the turn's end", async () => {
    const schedule = turnSchedule();
    const flushed: string[] = [];
    schedule(() => flushed.push("first"));
    await tick();
    schedule(() => flushed.push("second"));
    await tick();
    await tick();
    assert.deepEqual(flushed, ["first"]);
    await turn();
    assert.deepEqual(flushed, ["first", "second"]);
  });

  it("is in no turn's debt to the next", async () => {
    const schedule = turnSchedule();
    const flushed: number[] = [];
    for (let each = 0; each < 3; each += 1) {
      schedule(() => flushed.push(each));
      await tick();
      assert.equal(flushed.at(-1), each);
      await turn();
    }
  });
});
