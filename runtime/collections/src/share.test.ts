import assert from "node:assert/strict";
import fc from "fast-check";
import { Share } from "./share.ts";

describe("Share", () => {
  it("gives each holder its part, and the rest to others", () => {
    const share = new Share({ total: 10, parts: { address: 4 } });
    const refusals = Array.from({ length: 6 }, () => share.take({ address: "flooding" }));
    assert.deepEqual(refusals, [undefined, undefined, undefined, undefined, "address", "address"]);
    assert.equal(share.take({ address: "other" }, 4), undefined);
    assert.equal(share.used, 8);
  });

  it("takes from every kind of holder, or from none", () => {
    const share = new Share({ total: 10, parts: { address: 4, user: 2 } });
    assert.equal(share.take({ address: "a", user: "ada" }, 2), undefined);
    assert.equal(share.take({ address: "a", user: "ada" }, 1), "user");
    assert.deepEqual([share.usedBy("address", "a"), share.usedBy("user", "ada")], [2, 2]);
    assert.equal(share.take({ address: "a" }, 2), undefined, "an anonymous client of that address");
  });

  it("refuses what is beyond the total, whoever asks", () => {
    const share = new Share({ total: 5, parts: { address: 4 } });
    assert.equal(share.take({ address: "a" }, 4), undefined);
    assert.equal(share.take({ address: "b" }, 2), "total");
    share.release({ address: "a" }, 4);
    assert.equal(share.take({ address: "b" }, 2), undefined);
  });

  it("counts refusals by the kind of part that was used up, never by its key", () => {
    const share = new Share({ total: 3, parts: { address: 2, user: 1 } });
    share.take({ address: "a", user: "ada" });
    share.take({ address: "a", user: "ada" });
    share.take({ address: "b" }, 9);
    share.take({}, 3);
    assert.deepEqual(
      [...share.refused],
      [
        ["address", 1],
        ["user", 1],
        ["total", 1],
      ],
    );
  });

  it("looks without taking or counting", () => {
    const share = new Share({ total: 3, parts: { address: 2 } });
    assert.deepEqual([share.lacks({ address: "a" }, 3), share.lacks({ address: "a" }, 2)], ["address", undefined]);
    assert.deepEqual([share.used, share.refused.get("address")], [0, 0]);
    assert.deepEqual([share.limitOf("address"), share.limitOf("total")], [2, 3]);
  });

  it("never holds more than total and parts, and forgets holders that have released everything", () => {
    const step = fc.record({ key: fc.constantFrom("a", "b", "c"), units: fc.integer({ min: 1, max: 5 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
        const share = new Share({ total: 10, parts: { address: 6 } });
        const taken = steps.filter(({ key, units }) => share.take({ address: key }, units) === undefined);
        assert.ok(share.used <= 10);
        for (const key of ["a", "b", "c"]) assert.ok(share.usedBy("address", key) <= 6);
        for (const { key, units } of taken) share.release({ address: key }, units);
        assert.deepEqual([share.used, share.usedBy("address", "a")], [0, 0]);
      }),
    );
  });
});
