import assert from "node:assert/strict";
import fc from "fast-check";
import { FineHistogram, fineBounds } from "./fine-histogram.ts";

describe("FineHistogram", () => {
  it("has each value in a bucket whose bounds are at most a tenth apart", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.000_01, max: 119, noNaN: true }), (seconds) => {
        const histogram = new FineHistogram();
        histogram.record(seconds);
        const { counts } = histogram.snapshot();
        const bucket = Array.from(counts).indexOf(1);
        const [from = 0, to = 0] = [fineBounds[bucket - 1], fineBounds[bucket]];
        assert.ok(seconds <= to * 1.000_000_01 && seconds >= from * 0.999_999_99, `${seconds} in ${from} to ${to}`);
        assert.ok(bucket === 0 || to / from < 1.1001);
      }),
    );
  });

  it("has a bucket for what is shorter, and one for what is longer than any bound", () => {
    const histogram = new FineHistogram();
    for (const seconds of [0, 86_400, -1, Number.NaN, Number.POSITIVE_INFINITY]) histogram.record(seconds);
    const { counts, sum } = histogram.snapshot();
    assert.deepEqual([counts[0], counts[fineBounds.length], sum], [1, 1, 86_400]);
  });
});
