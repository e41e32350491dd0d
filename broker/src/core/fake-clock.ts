import type { Clock } from "./clock.ts";

interface Pending {
  readonly atMs: number;
  readonly run: () => void;
}

/** A clock that stands still until it is moved by hand. */
export class FakeClock implements Clock {
  readonly originMs = Date.UTC(2026, 0, 1);
  readonly #pending = new Set<Pending>();
  #nowMs = 0;

  nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = { atMs: this.#nowMs + delayMs, run };
    this.#pending.add(timer);
    return () => this.#pending.delete(timer);
  }

  /** Lets time pass. Whatever falls due on the way runs at its own moment. */
  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    while (this.runNext(endMs));
    this.#nowMs = endMs;
  }

  /** Lets time pass until the next thing falls due, and runs it. False: nothing does until `endMs`, and no time passes. */
  runNext(endMs: number): boolean {
    const next = this.#earliest(endMs);
    if (!next) return false;
    this.#pending.delete(next);
    this.#nowMs = Math.max(this.#nowMs, next.atMs);
    next.run();
    return true;
  }

  /** Lets time pass at once, as when a process was suspended: what fell due on the way runs late. */
  jump(ms: number): void {
    this.#nowMs += ms;
    this.advance(0);
  }

  /** Timers that have not run yet. */
  get pending(): number {
    return this.#pending.size;
  }

  #earliest(endMs: number): Pending | undefined {
    let earliest: Pending | undefined;
    for (const timer of this.#pending) {
      if (timer.atMs <= endMs && (earliest === undefined || timer.atMs < earliest.atMs)) earliest = timer;
    }
    return earliest;
  }
}
