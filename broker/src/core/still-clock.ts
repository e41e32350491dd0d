import type { Clock } from "./clock.ts";

/** A clock that can be made to stand still, so that whatever is done at once is done at one moment. */
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

  /** Stands still from now on, until `go`. */
  stop(): void {
    this.#nowMs = this.#clock.nowMs();
    this.#originMs = this.#clock.originMs;
    this.#isStill = true;
  }

  /** Goes on, where it would be by now. */
  go(): void {
    this.#isStill = false;
  }
}
