import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { holdable } from "./holdable.ts";

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A stream that has as many objects as it is asked for, one at a time, as grpc-js has them of a call. */
function endless() {
  const told = { asked: 0 };
  const stream: Readable = new Readable({
    objectMode: true,
    read() {
      told.asked += 1;
      setImmediate(() => stream.push(told.asked));
    },
  });
  return { stream: holdable(stream), told };
}

describe("A stream that can be held", () => {
  it("gives nothing and asks for one more at the most while it is held, and goes on where it was", async () => {
    const { stream, told } = endless();
    const got: number[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    stream.on("data", (value: number) => {
      got.push(value);
      if (value === 3) stream.hold();
      if (value === 9) resolve();
    });
    while (got.length < 3) await settled();
    for (let turns = 0; turns < 50; turns += 1) await settled();
    assert.deepEqual(got, [1, 2, 3]);
    assert.ok(told.asked <= 5, `it asked for ${told.asked}`);
    stream.release();
    await promise;
    stream.destroy();
    assert.deepEqual(got.slice(0, 9), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("tells of its end after what came before, when it is released", async () => {
    const stream = holdable(Readable.from([1, 2]));
    const got: unknown[] = [];
    stream.on("data", (value) => got.push(value));
    stream.on("end", () => got.push("end"));
    stream.hold();
    for (let turns = 0; turns < 10; turns += 1) await settled();
    assert.deepEqual(got, []);
    stream.release();
    while (got.length < 3) await settled();
    assert.deepEqual(got, [1, 2, "end"]);
  });
});
