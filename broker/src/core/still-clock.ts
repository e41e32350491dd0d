import type { Clock } from "./clock.ts";

/**
 * A clock that can be made to stand still, so that whatever is done at once is done at one moment: the clock is then read once, and not
 * twice for each message that is taken in, twice for each that is given out and once for each that is done.
 */
export class StillClock implements Clock {
  readonly #clock: Clock;
  #isStill = false;
  #nowMs = 0;
  #originMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  nowMs(): number {
    return this.#isStill ? this.#nowMs : this.#clock.nowMs();
  }

  get originMs(): number {
    return this.#isStill ? this.#originMs : this.#clock.originMs;
  }

  /** Its own time goes on: a delay counts from when it is asked for. */
  after(delayMs: number, run: () => void): () => void {
    return this.#clock.after(delayMs, run);
  }

  /** Stands still while something is done, and goes on where it would be by then. */
  during(work: () => void): void {
    this.#nowMs = this.#clock.nowMs();
    this.#originMs = this.#clock.originMs;
    this.#isStill = true;
    try {
      work();
    } finally {
      this.#isStill = false;
    }
  }
}
