import assert from "node:assert/strict";
import fc from "fast-check";
import { FairEviction } from "./fair-eviction.ts";

describe("FairEviction", () => {
  /** Evicts entries until at most `max` units are left. */
  const evict = (kept: FairEviction<string>, units: number) => {
    const gone: string[] = [];
    for (let entry = kept.next(); entry !== undefined && kept.used > units; entry = kept.next()) {
      kept.delete(entry);
      gone.push(entry);
    }
    return gone;
  };

  it("evicts the oldest entries of the owner that floods, and nobody else's", () => {
    const kept = new FairEviction<string>();
    for (const owner of ["ada", "bea", "cid"]) kept.set(`${owner} 1`, owner);
    for (let count = 1; count <= 100; count += 1) kept.set(`flood ${count}`, "flooding");
    const gone = evict(kept, 20);
    assert.deepEqual(
      gone,
      Array.from({ length: 83 }, (_, index) => `flood ${index + 1}`),
    );
    assert.equal(kept.usedBy("ada"), 1);
  });

  it("evicts the oldest where all owners use the same", () => {
    const kept = new FairEviction<string>();
    for (const owner of ["ada", "bea", "cid"]) kept.set(owner, owner);
    assert.deepEqual(evict(kept, 1), ["ada", "bea"]);
  });

  it("weighs entries, and keeps one that was set again as the newest of its owner", () => {
    const kept = new FairEviction<string>();
    for (let count = 0; count < 10; count += 1) kept.set(`small ${count}`, "small", 1);
    kept.set("first", "large", 100);
    kept.set("second", "large", 100);
    kept.set("first", "large", 120);
    assert.equal(kept.used, 230);
    assert.deepEqual(evict(kept, 130), ["second"]);
  });

  it("changes the weight of an entry, and leaves it as old as it was", () => {
    const kept = new FairEviction<string>();
    for (const entry of ["first", "second"]) kept.set(entry, "ada", 10);
    kept.set("other", "bea", 5);
    kept.resize("first", 1);
    kept.resize("unknown", 1);
    assert.deepEqual([kept.used, kept.usedBy("ada"), kept.next()], [16, 11, "first"]);
  });

  it("has nothing to evict once all is gone", () => {
    const kept = new FairEviction<string>();
    kept.set("a", "ada", 5);
    kept.delete("a");
    kept.delete("a");
    assert.deepEqual([kept.next(), kept.used, kept.size, kept.usedBy("ada")], [undefined, 0, 0, 0]);
  });

  it("always chooses an entry of an owner that uses at least half of what the heaviest does", () => {
    const step = fc.tuple(
      fc.constantFrom("a", "b", "c", "d"),
      fc.integer({ min: 0, max: 9 }),
      fc.integer({ min: 0, max: 1000 }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const kept = new FairEviction<string>();
        for (const [owner, entry, weight] of steps) {
          if (weight === 0) kept.delete(`${owner}${entry}`);
          else kept.set(`${owner}${entry}`, owner, weight);
        }
        const heaviest = Math.max(...["a", "b", "c", "d"].map((owner) => kept.usedBy(owner)));
        const chosen = kept.next();
        assert.equal(chosen === undefined, kept.size === 0);
        if (chosen !== undefined) assert.ok(kept.usedBy(chosen.charAt(0)) * 2 > heaviest);
      }),
    );
  });
});
