/** Sets of the table, a power of two. With four places each: 2^18 activities in 4 MiB, whatever the load. */
const sets = 65_536;
/** Numbers of a set: four times a key, and when that was used last. */
const setSize = 8;

/**
 * When the last message of each activity was accepted, for `responseTime`. A table of fixed size: an activity that was
 * pushed out by newer ones counts as new. Keys are hashes of 53 bits, so that no string is kept. Each message comes here, to a
 * set that is in no cache: key and time stand together, so that it waits for memory once, and `bring` does so for many at once.
 */
export class ActivityTimes {
  readonly #table = new Float64Array(sets * setSize);
  /** Stands for what `bring` has read: what nobody could look at, V8 would leave out. */
  brought = 0;

  /**
   * Reads the sets of activities that are about to be touched. The processor waits for them side by side then; one by one,
   * each with the work for a message between it and the next, they took a tenth of the broker's time.
   */
  bring(hashes: readonly number[]): void {
    const table = this.#table;
    let sum = 0;
    for (const hash of hashes) {
      const start = (hash & (sets - 1)) * setSize;
      // Both ends of the set, as it may lie in two lines of the cache.
      sum += (table[start] as number) + (table[start + setSize - 1] as number);
    }
    this.brought = sum;
  }

  /** Notes a message of an activity, by its hash, at `nowMs`. Returns when the one before was, or undefined for the first. */
  touch(hash: number, nowMs: number): number | undefined {
    const table = this.#table;
    // `&` takes the lower 32 bits of any whole number by itself, in a tenth of the time of a remainder.
    const start = (hash & (sets - 1)) * setSize;
    let oldest = start;
    for (let place = start; place < start + setSize; place += 2) {
      const usedAtMs = table[place + 1] as number;
      if (table[place] === hash) {
        table[place + 1] = nowMs;
        return usedAtMs;
      }
      if (usedAtMs < (table[oldest + 1] as number)) oldest = place;
    }
    table[oldest] = hash;
    table[oldest + 1] = nowMs;
    return undefined;
  }
}
