/** How far our own reckoning may be from the wall clock, in milliseconds, which counts whole ones. */
const toleranceMs = 2;

/** The two clocks of a process. */
export interface Clocks {
  /** Whole milliseconds since 1970, set by whoever sets the machine's clock. */
  wall(): number;
  /** Milliseconds with fractions, from a clock that never goes back. */
  steady(): number;
}

/**
 * The wall clock with fractions of a millisecond. Spans of messages are often shorter than one, and a child that begins
 * before its parent is hard to read. The SDK has fractions only of how long a span took.
 */
export class WallClock {
  readonly #clocks: Clocks;
  #offsetMs: number;

  constructor(clocks: Clocks = { wall: () => Date.now(), steady: () => performance.now() }) {
    this.#clocks = clocks;
    this.#offsetMs = clocks.wall() - clocks.steady();
  }

  /** Seconds since 1970, and nanoseconds of the second. */
  now(): [seconds: number, nanoseconds: number] {
    const steadyMs = this.#clocks.steady();
    const offsetMs = this.#clocks.wall() - steadyMs;
    // It was set, or slewed.
    if (Math.abs(offsetMs - this.#offsetMs) > toleranceMs) this.#offsetMs = offsetMs;
    const nowMs = steadyMs + this.#offsetMs;
    const seconds = Math.floor(nowMs / 1000);
    return [seconds, Math.min(999_999_999, Math.floor((nowMs - seconds * 1000) * 1e6))];
  }
}
