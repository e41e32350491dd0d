import assert from "node:assert/strict";
import fc from "fast-check";
import { NumberMap } from "./number-map.ts";

/** Few keys, so that they meet; some of them 2^32 apart, so that they have the same first choice. */
const key = fc.oneof(
  fc.integer({ min: 1, max: 200 }),
  fc.integer({ min: 1, max: 9 }).map((n) => n * 2 ** 32 + 7),
);
const step = fc.record({ isSet: fc.boolean(), key });

describe("NumberMap", () => {
  it("does what a Map does", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 600 }), (steps) => {
        const model = new Map<number, { at: number }>();
        const map = new NumberMap<{ at: number }>();
        for (const [at, { isSet, key }] of steps.entries()) {
          if (isSet) {
            map.set(key, { at });
            model.set(key, { at });
          } else assert.equal(map.delete(key), model.delete(key));
        }
        assert.equal(map.size, model.size);
        for (const { key } of steps) assert.deepEqual(map.get(key), model.get(key));
        const byAt = (a: { at: number }, b: { at: number }) => a.at - b.at;
        assert.deepEqual([...map.values()].sort(byAt), [...model.values()].sort(byAt));
        assert.deepEqual(new Set(map.keys()), new Set(model.keys()));
      }),
    );
  });

  it("keeps its size while entries come and go", () => {
    const map = new NumberMap<object>();
    const value = {};
    for (let each = 1; each <= 100_000; each += 1) {
      map.set(each, value);
      if (each > 20) map.delete(each - 20);
    }
    assert.equal(map.size, 20);
    assert.equal([...map.values()].length, 20);
  });
});
