import assert from "node:assert/strict";
import fc from "fast-check";
import { SentWindow } from "./sent-window.ts";

const step = fc.oneof(
  fc.record({ kind: fc.constant("push" as const), skip: fc.integer({ min: 0, max: 3 }) }),
  fc.record({ kind: fc.constant("take" as const), at: fc.nat(40) }),
);

describe("SentWindow", () => {
  it("does what a Map does with keys that only grow", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const model = new Map<number, object>();
        const window = new SentWindow<object>();
        let last = 0;
        for (const each of steps) {
          if (each.kind === "push") {
            last += 1 + each.skip;
            const entry = { last };
            model.set(last, entry);
            window.push(last, entry);
          } else {
            const sequence = Math.max(0, last - each.at);
            assert.equal(window.take(sequence), model.get(sequence));
            model.delete(sequence);
          }
          assert.equal(window.size, model.size);
        }
        assert.deepEqual([...window], [...model.values()]);
      }),
    );
  });

  it("lets go of what was answered at its front", () => {
    const window = new SentWindow<number>();
    for (let sequence = 1; sequence <= 100_000; sequence += 1) {
      window.push(sequence, sequence);
      if (sequence > 10) assert.equal(window.take(sequence - 10), sequence - 10);
    }
    assert.deepEqual(
      window.takeAll(),
      [99_991, 99_992, 99_993, 99_994, 99_995, 99_996, 99_997, 99_998, 99_999, 100_000],
    );
    assert.equal(window.size, 0);
  });
});
