/** The counts of a histogram at one moment. */
export interface HistogramSnapshot {
  /** Upper bounds of the buckets in seconds, ascending. One more bucket holds what is above the last. */
  readonly bounds: readonly number[];
  /** How many values are in each bucket alone, not cumulative: one more than there are bounds. */
  readonly counts: ArrayLike<number>;
  /** Sum of all values in seconds. */
  readonly sum: number;
}

/** From a hop within one process to the longest deadlines, in seconds. */
export const defaultBounds: readonly number[] = Object.freeze([
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
]);

/** A histogram of durations for hot paths, a few nanoseconds per value; `plainHistogram` shows it to Prometheus. */
export class PlainHistogram {
  readonly #bounds: readonly number[];
  readonly #counts: Float64Array;
  #sum = 0;

  /** Takes the upper bounds of the buckets in seconds. Throws a RangeError unless they ascend. */
  constructor(bounds: readonly number[] = defaultBounds) {
    if (bounds.some((bound, index) => !(bound > (bounds[index - 1] ?? -Infinity)) || !Number.isFinite(bound))) {
      throw new RangeError(`The bounds of a histogram must ascend: ${bounds.join(", ")}`);
    }
    // A large application has thousands of histograms with those bounds, which never change.
    this.#bounds = bounds === defaultBounds ? bounds : [...bounds];
    this.#counts = new Float64Array(bounds.length + 1);
  }

  /** Adds a duration in seconds. What is no duration (negative, NaN, infinite) is left out, as it would spoil the sum for ever. */
  record(seconds: number): void {
    if (!(seconds >= 0 && seconds < Infinity)) return;
    const bounds = this.#bounds;
    let bucket = 0;
    // Most values are small, so a walk from below beats a binary search.
    while (bucket < bounds.length && seconds > (bounds[bucket] as number)) bucket++;
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1;
    this.#sum += seconds;
  }

  /** The counts as they are now; later values do not change it. */
  snapshot(): HistogramSnapshot {
    return { bounds: this.#bounds, counts: this.#counts.slice(), sum: this.#sum };
  }
}
