import type { Clock } from "@exosphere/link";
import { DeadlineWatch } from "@exosphere/link";

/** A handler that is at work. */
export interface RunningHandler {
  /** The deadline of its message, in milliseconds of the clock. */
  readonly dueMs: number;
}

/**
 * How long a handler may work past the deadline of its message, in milliseconds. By then whoever waited has got DEADLINE_EXCEEDED, which
 * says more than the failure of the handler would.
 */
export const overdueMs = 1_000;

/** Finds the handlers that outlive the deadline of their message, by one timer for all of them. */
export class OverdueHandlers<Running extends RunningHandler> {
  readonly #running = new Set<Running>();
  readonly #watch: DeadlineWatch;
  readonly #onOverdue: (running: Running) => void;
  #isStopped = false;

  /** `onOverdue` is called once for each that is overdue. */
  constructor(clock: Clock, onOverdue: (running: Running) => void) {
    this.#onOverdue = onOverdue;
    this.#watch = new DeadlineWatch((nowMs) => this.#sweep(nowMs), clock);
  }

  /** A handler is at work, and has not ended at once. */
  add(running: Running): void {
    this.#running.add(running);
    this.#watch.watch(running.dueMs + overdueMs);
  }

  /** It has ended. The timer stays: to set it anew for each handler costs more than all else. */
  delete(running: Running): void {
    this.#running.delete(running);
    if (this.#isStopped) this.#closeIfIdle();
  }

  /** No more handlers begin: a timer must not hold up the end of the process once those at work have ended. */
  stop(): void {
    this.#isStopped = true;
    this.#closeIfIdle();
  }

  #closeIfIdle(): void {
    if (this.#running.size === 0) this.#watch.close();
  }

  #sweep(nowMs: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (const running of this.#running) {
      const dueMs = running.dueMs + overdueMs;
      if (dueMs > nowMs) next = Math.min(next, dueMs);
      else {
        this.#running.delete(running);
        this.#onOverdue(running);
      }
    }
    return next;
  }
}
