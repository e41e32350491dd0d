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

  /** Notes a message of an activity at `nowMs`. Returns when the one before was, or undefined for the first. */
  touch(activityId: Uint8Array, nowMs: number): number | undefined {
    const hash = hashOf(activityId);
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

/** Two FNV-1a hashes of 32 bits side by side, put together to an integer of 53 bits that is never 0. */
function hashOf(bytes: Uint8Array): number {
  let low = 0x811c9dc5;
  let high = 0x9dc5811c;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] as number;
    low = Math.imul(low ^ byte, 0x01000193);
    high = Math.imul(high ^ byte, 0x01000197);
  }
  return (high & 0x1f_ffff) * 0x1_0000_0000 + (low >>> 0) + 1;
}
