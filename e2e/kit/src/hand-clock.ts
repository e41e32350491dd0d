interface Timer {
  readonly atMs: number;
  readonly run: () => void;
}

/** A clock that stands still until it is moved by hand. */
export class HandClock {
  readonly #timers = new Set<Timer>();
  #nowMs = 0;

  /** Timers that have not run. */
  get pending(): number {
    return this.#timers.size;
  }

  readonly nowMs = (): number => this.#nowMs;

  readonly after = (delayMs: number, run: () => void): (() => void) => {
    const timer = { atMs: this.#nowMs + delayMs, run };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  };

  /** Lets time pass. What falls due on the way runs at its own moment. */
  advance(ms: number): void {
    this.advanceTo(this.#nowMs + ms);
  }

  /** The same, up to a moment. */
  advanceTo(endMs: number): void {
    for (let next = this.#next(endMs); next; next = this.#next(endMs)) {
      this.#timers.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.run();
    }
    this.#nowMs = endMs;
  }

  #next(endMs: number): Timer | undefined {
    const due = [...this.#timers].filter(({ atMs }) => atMs <= endMs);
    return due.sort((a, b) => a.atMs - b.atMs)[0];
  }
}
