/** 100 ms: a slip (a port not yet free) is over by then, and nobody notices the pause. */
const firstDelayMs = 100;

/** 10 s: a process that cannot run costs next to nothing, and one that can again is not kept waiting for long. */
const longestDelayMs = 10_000;

/** 30 s: whoever lived that long did start properly, so its next crash is a new one and starts from the first delay. */
const healthyAfterMs = 30_000;

/** Half of each delay is random, so that processes that fell together do not come back together. */
const jitter = 0.5;

/** How long to wait before each restart: doubling from 100 ms to 10 s, with jitter, reset by a life of 30 s. */
export class Backoff {
  readonly #random: () => number;
  #restarts = 0;

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** Restarts in a row, the latest one included. */
  get restarts(): number {
    return this.#restarts;
  }

  /** Milliseconds to wait after a life of `livedMs`. */
  next(livedMs: number): number {
    if (livedMs >= healthyAfterMs) this.#restarts = 0;
    const delayMs = Math.min(firstDelayMs * 2 ** this.#restarts, longestDelayMs);
    this.#restarts++;
    return Math.round(delayMs * (1 - jitter * this.#random()));
  }
}
