/** The longest time that Node's timers can wait, in milliseconds: beyond it they fire at once. A sweep too many does no harm. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * One timer for many deadlines. It is set for the earliest deadline that it was told of; what it finds then is up to
 * `sweep`, which returns the next. So a message that is answered in time, as nearly all are, costs one comparison.
 */
export class DeadlineWatch {
  readonly #sweep: (nowMs: number) => number;
  #timer: NodeJS.Timeout | undefined;
  #dueMs = Number.POSITIVE_INFINITY;

  /** `sweep` ends what is due by `performance.now()` and returns when the next is, or Infinity. */
  constructor(sweep: (nowMs: number) => number) {
    this.#sweep = sweep;
  }

  /** Something is due at this moment of `performance.now()`. */
  watch(dueMs: number): void {
    if (dueMs >= this.#dueMs) return;
    this.#dueMs = dueMs;
    clearTimeout(this.#timer);
    const inMs = Math.ceil(dueMs - performance.now());
    this.#timer = setTimeout(() => this.#fire(), Math.min(Math.max(0, inMs), longestTimerMs));
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#dueMs = Number.POSITIVE_INFINITY;
  }

  #fire(): void {
    this.#dueMs = Number.POSITIVE_INFINITY;
    const next = this.#sweep(performance.now());
    if (next < Number.POSITIVE_INFINITY) this.watch(next);
  }
}
