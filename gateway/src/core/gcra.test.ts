import assert from "node:assert/strict";
import fc from "fast-check";
import { Gcra } from "./gcra.ts";

describe("Gcra", () => {
  const take = (gcra: Gcra, key: string, units: number, now: number) => {
    const grant = gcra.look(key, units, now);
    if (grant.isGranted) gcra.take(key, units, now);
    return grant;
  };

  it("grants a burst at once, and the rate after that", () => {
    const gcra = new Gcra({ perSecond: 10, burst: 3 });
    assert.deepEqual(
      [1, 2, 3, 4].map(() => take(gcra, "a", 1, 0).isGranted),
      [true, true, true, false],
    );
    const refused = take(gcra, "a", 1, 40);
    assert.deepEqual([refused.isGranted, Math.round(refused.retryAfterMs), refused.remaining], [false, 60, 0]);
    assert.ok(take(gcra, "a", 1, 100).isGranted);
  });

  it("keeps keys apart", () => {
    const gcra = new Gcra({ perSecond: 1, burst: 1 });
    assert.ok(take(gcra, "a", 1, 0).isGranted && take(gcra, "b", 1, 0).isGranted);
  });

  it("tells what is left and when it is whole again", () => {
    const gcra = new Gcra({ perSecond: 10, burst: 5 });
    const { remaining, resetMs } = take(gcra, "a", 2, 0);
    assert.deepEqual([remaining, resetMs], [3, 200]);
  });

  it("grants what is larger than the burst to who is quiet, who then owes it", () => {
    const gcra = new Gcra({ perSecond: 10, burst: 5 });
    assert.ok(take(gcra, "a", 50, 0).isGranted);
    assert.ok(!take(gcra, "a", 1, 4400).isGranted);
    assert.ok(take(gcra, "a", 1, 4700).isGranted);
  });

  it("owes no more than another burst for what is charged afterwards", () => {
    const gcra = new Gcra({ perSecond: 10, burst: 5 });
    for (let count = 0; count < 10; count += 1) gcra.charge("a", 100, 0);
    assert.equal(gcra.look("a", 0, 0).resetMs, 1_000);
    assert.ok(take(gcra, "a", 1, 600).isGranted);
  });

  it("forgets who is quiet in a sweep, and nobody else", () => {
    const gcra = new Gcra({ perSecond: 10, burst: 5 });
    for (const [key, units] of [
      ["a", 1],
      ["b", 2],
      ["c", 3],
    ] as const)
      take(gcra, key, units, 0);
    gcra.sweep(250);
    assert.deepEqual([gcra.size, gcra.look("c", 0, 250).resetMs], [1, 50]);
    gcra.sweep(300);
    assert.equal(gcra.size, 0);
  });

  it("takes back what was not used", () => {
    const gcra = new Gcra({ perSecond: 10, burst: 3 });
    for (let count = 0; count < 3; count += 1) take(gcra, "a", 1, 0);
    gcra.giveBack("a", 2, 0);
    gcra.giveBack("unknown", 2, 0);
    assert.deepEqual(
      [1, 2, 3].map(() => take(gcra, "a", 1, 0).isGranted),
      [true, true, false],
    );
    gcra.giveBack("a", 3, 0);
    assert.equal(gcra.size, 0);
  });

  it("forgets who is quiet", () => {
    const gcra = new Gcra({ perSecond: 1000, burst: 1 });
    for (let count = 0; count < 10_000; count += 1) take(gcra, `${count}`, 1, count);
    assert.ok(gcra.size < 10, `${gcra.size}`);
  });

  it("never grants more than burst and rate together, and says rightly when it would grant", () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 100 });
    fc.assert(
      fc.property(
        gaps,
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 10 }),
        (pauses, perSecond, burst) => {
          const gcra = new Gcra({ perSecond, burst });
          let now = 0;
          let granted = 0;
          for (const pause of pauses) {
            now += pause;
            const grant = take(gcra, "a", 1, now);
            if (grant.isGranted) granted += 1;
            else assert.ok(gcra.look("a", 1, now + grant.retryAfterMs + 0.001).isGranted);
            assert.ok(granted <= burst + 1 + (now / 1000) * perSecond);
          }
        },
      ),
    );
  });
});
