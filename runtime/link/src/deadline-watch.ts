import { type Clock, longestTimerMs, systemClock } from "./clock.ts";

/**
 * One timer for many deadlines. It is set for the earliest deadline that it was told of; what it finds then is up to
 * `sweep`, which returns the next. So a message that is answered in time, as nearly all are, costs one comparison.
 */
export class DeadlineWatch {
  readonly #sweep: (nowMs: number) => number;
  readonly #clock: Clock;
  #callOff: (() => void) | undefined;
  #dueMs = Number.POSITIVE_INFINITY;

  /** `sweep` ends what is due by the clock's `nowMs()` and returns when the next is, or Infinity. */
  constructor(sweep: (nowMs: number) => number, clock: Clock = systemClock) {
    this.#sweep = sweep;
    this.#clock = clock;
  }

  /** Something is due at this moment of the clock. */
  watch(dueMs: number): void {
    if (dueMs >= this.#dueMs) return;
    this.#dueMs = dueMs;
    this.#callOff?.();
    const inMs = Math.max(0, Math.ceil(dueMs - this.#clock.nowMs()));
    // A sweep too many does no harm.
    this.#callOff = this.#clock.after(Math.min(inMs, longestTimerMs), () => this.#fire());
  }

  close(): void {
    this.#callOff?.();
    this.#callOff = undefined;
    this.#dueMs = Number.POSITIVE_INFINITY;
  }

  /** The event loop may have been busy for long, and the answer have arrived meanwhile: it is read first. */
  #fire(): void {
    this.#callOff = undefined;
    if (!this.#clock.afterReads) return this.#look();
    let isOff = false;
    this.#callOff = () => {
      isOff = true;
    };
    this.#clock.afterReads(() => isOff || this.#look());
  }

  #look(): void {
    this.#callOff = undefined;
    this.#dueMs = Number.POSITIVE_INFINITY;
    const next = this.#sweep(this.#clock.nowMs());
    if (next < Number.POSITIVE_INFINITY) this.watch(next);
  }
}
