import assert from "node:assert/strict";
import fc from "fast-check";
import { defaultBounds, PlainHistogram } from "./plain-histogram.ts";

describe("a plain histogram", () => {
  it("counts a value in the bucket of the first bound that is not below it", () => {
    const histogram = new PlainHistogram([0.1, 1]);
    for (const seconds of [0, 0.1, 0.2, 1, 1.1, 500]) histogram.record(seconds);
    const { counts, sum } = histogram.snapshot();
    assert.deepEqual([...(counts as Float64Array)], [2, 2, 2]);
    assert.ok(Math.abs(sum - 502.4) < 1e-9);
  });

  it("leaves out what is no duration", () => {
    const histogram = new PlainHistogram([1]);
    for (const seconds of [Number.NaN, -1, Infinity, -Infinity]) histogram.record(seconds);
    assert.deepEqual({ ...histogram.snapshot(), counts: 0 }, { bounds: [1], counts: 0, sum: 0 });
  });

  it("gives snapshots that later values do not change", () => {
    const histogram = new PlainHistogram();
    const before = histogram.snapshot();
    histogram.record(1);
    assert.equal(
      Array.from(before.counts).reduce((sum, count) => sum + count),
      0,
    );
    assert.equal(before.sum, 0);
  });

  it("counts every value once", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1000, noNaN: true })), (values) => {
        const histogram = new PlainHistogram();
        for (const value of values) histogram.record(value);
        const { counts, bounds } = histogram.snapshot();
        assert.equal(counts.length, bounds.length + 1);
        assert.equal(
          Array.from(counts).reduce((sum, count) => sum + count),
          values.length,
        );
        const upToTenMs = values.filter((value) => value <= 0.01).length;
        const index = defaultBounds.indexOf(0.01);
        assert.equal(
          Array.from(counts)
            .slice(0, index + 1)
            .reduce((sum, count) => sum + count),
          upToTenMs,
        );
      }),
    );
  });

  it("needs bounds that ascend", () => {
    for (const bounds of [[1, 1], [2, 1], [Number.NaN], [Infinity]])
      assert.throws(() => new PlainHistogram(bounds), RangeError);
  });
});
