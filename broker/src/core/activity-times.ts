/** Sets of the table, a power of two. With four places each: 2^18 activities in 4 MiB, whatever the load. */
const sets = 65_536;
const ways = 4;

/**
 * When the last message of each activity was accepted, for `responseTime`. A table of fixed size: an activity that was
 * pushed out by newer ones counts as new. Keys are hashes of 53 bits, so that no string is kept.
 */
export class ActivityTimes {
  readonly #keys = new Float64Array(sets * ways);
  readonly #times = new Float64Array(sets * ways);

  /** Notes a message of an activity, by its hash, at `nowMs`. Returns when the one before was, or undefined for the first. */
  touch(hash: number, nowMs: number): number | undefined {
    const start = (hash % sets) * ways;
    let oldest = start;
    for (let place = start; place < start + ways; place += 1) {
      if (this.#keys[place] === hash) {
        const before = this.#times[place];
        this.#times[place] = nowMs;
        return before;
      }
      if ((this.#times[place] as number) < (this.#times[oldest] as number)) oldest = place;
    }
    this.#keys[oldest] = hash;
    this.#times[oldest] = nowMs;
    return undefined;
  }
}
