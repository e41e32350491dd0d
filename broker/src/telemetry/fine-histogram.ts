import type { HistogramSnapshot } from "@exosphere/telemetry";

/** Upper bound of the first bucket, in seconds: a tenth of a hop within one process. */
const shortest = 0.000_01;
/** By how much each bound is above the one before: whatever is read of a bucket is at most a tenth off. */
const growth = 1.1;
/** Lower bound of the last bucket, in seconds: what a dashboard shows of waiting. */
const longest = 120;

const logGrowth = Math.log(growth);

/** Upper bounds of the buckets in seconds. */
export const fineBounds: readonly number[] = Object.freeze(
  Array.from(
    { length: Math.ceil(Math.log(longest / shortest) / logGrowth) + 1 },
    (_, index) => shortest * growth ** index,
  ),
);

/**
 * A histogram for quantiles that people read, with an error of at most a tenth. Prometheus gets a coarser one, as each of its buckets
 * is a time series. It takes memory with its first value: a large application has ten thousand messages, most of them rare.
 */
export class FineHistogram {
  #counts: Float64Array | undefined;
  #sum = 0;

  /** Adds a duration in seconds. What is not a duration (negative, NaN, infinite) is left out. */
  record(seconds: number): void {
    if (!(seconds >= 0 && seconds < Number.POSITIVE_INFINITY)) return;
    this.#counts ??= new Float64Array(fineBounds.length + 1);
    // Worked out, as a search would take one step after the other. What is a bound exactly, but for the last bits of the logarithm,
    // belongs to the bucket below.
    const above = Math.ceil(Math.log(seconds / shortest) / logGrowth - 1e-9);
    const bucket = seconds <= shortest ? 0 : Math.min(fineBounds.length, above);
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1;
    this.#sum += seconds;
  }

  /** The counts as they are now; later values do not change it. */
  snapshot(): HistogramSnapshot {
    const counts = this.#counts?.slice() ?? new Float64Array(fineBounds.length + 1);
    return { bounds: fineBounds, counts, sum: this.#sum };
  }
}
