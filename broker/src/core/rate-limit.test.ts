import assert from "node:assert/strict";
import fc from "fast-check";
import { RateLimit } from "./rate-limit.ts";

describe("a limit on a rate", () => {
  it("lets a second's worth pass at once, then one after the other, and says when", () => {
    const limit = new RateLimit(10);
    const taken = Array.from({ length: 12 }, () => limit.take(5));
    assert.deepEqual(taken, [...Array.from({ length: 10 }, () => 0), 100, 100]);
    assert.equal(limit.take(104), 1);
    assert.equal(limit.take(105), 0);
    assert.equal(limit.take(105), 100);
  });

  it("takes no more in any time than the rate and what was saved up", () => {
    const rate = fc.integer({ min: 1, max: 1000 });
    const pauses = fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 500 });
    fc.assert(
      fc.property(rate, pauses, (perSecond, waits) => {
        const limit = new RateLimit(perSecond);
        let now = 0;
        let taken = 0;
        for (const wait of waits) {
          now += wait;
          if (limit.take(now) === 0) taken += 1;
        }
        assert.ok(taken <= perSecond + (now * perSecond) / 1000 + 1e-6, `${taken} in ${now} ms`);
      }),
    );
  });
});
