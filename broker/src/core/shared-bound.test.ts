import assert from "node:assert/strict";
import fc from "fast-check";
import { type BoundPart, KeyedBound, SharedBound } from "./shared-bound.ts";

describe("SharedBound", () => {
  const partsOf = (bound: SharedBound, count: number) => Array.from({ length: count }, () => bound.part());
  const fill = (part: BoundPart, units = 1) => {
    while (part.hasRoom(units)) part.add(units);
    return part.used;
  };

  it("lets one holder of many have a quarter of it", () => {
    const [first] = partsOf(new SharedBound(4000), 100) as [BoundPart];
    assert.equal(fill(first), 1000);
  });

  it("keeps its reserve for each holder, however many others fill it one after the other", () => {
    const bound = new SharedBound(6000);
    const parts = partsOf(bound, 30);
    const had = parts.map((part) => fill(part));
    assert.ok(Math.min(...had) >= bound.reserve, String(had));
    assert.equal(bound.reserve, 100);
    assert.ok(bound.used <= bound.max);
  });

  it("takes again what was given back", () => {
    const bound = new SharedBound(100);
    const [part] = partsOf(bound, 10) as [BoundPart];
    assert.equal(fill(part, 5), 25);
    part.add(-5);
    assert.deepEqual([bound.used, part.hasRoom(5), part.hasRoom(11)], [20, true, false]);
  });

  it("never holds more than its maximum, and always has room for a holder that has less than its reserve", () => {
    const step = fc.tuple(fc.nat(4), fc.integer({ min: -20, max: 20 }));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const bound = new SharedBound(200);
        const parts = partsOf(bound, 5);
        for (const [which, units] of steps) {
          const part = parts[which] ?? assert.fail();
          if (units < 0 ? part.used + units >= 0 : part.hasRoom(units)) part.add(units);
          else assert.ok(part.used + units > bound.reserve || units < 0);
        }
        assert.ok(bound.used <= bound.max);
        assert.equal(
          bound.used,
          parts.reduce((sum, { used }) => sum + used, 0),
        );
      }),
    );
  });

  it("knows its holders by a key", () => {
    const bound = new KeyedBound<string>(100);
    bound.of("a").add(3);
    assert.deepEqual([bound.of("a").used, bound.of("b").used, bound.used], [3, 0, 3]);
  });
});
