/** How long to wait between attempts to attach. */
export interface BackoffLimits {
  readonly brokers: readonly string[];
  readonly minBackoffMs: number;
  readonly maxBackoffMs: number;
}

/** Pauses between attempts: none before a broker that was not tried yet, else doubling, each with jitter. */
export class Backoff {
  readonly #limits: BackoffLimits;
  #rounds = 0;
  #triedInRound = 0;

  constructor(limits: BackoffLimits) {
    this.#limits = limits;
  }

  /** An attempt went well: the next pause is a short one. */
  reset(): void {
    this.#rounds = 0;
    this.#triedInRound = 0;
  }

  /** The pause before the next attempt, in milliseconds. */
  next(random: () => number = Math.random): number {
    const { brokers, minBackoffMs, maxBackoffMs } = this.#limits;
    this.#triedInRound += 1;
    if (this.#triedInRound < brokers.length) return 0;
    this.#triedInRound = 0;
    const ceiling = Math.min(maxBackoffMs, minBackoffMs * 2 ** this.#rounds);
    this.#rounds = Math.min(this.#rounds + 1, 30);
    // Between half and all of it: a thousand sidecars that lost the same broker do not come back in one wave.
    return ceiling / 2 + (random() * ceiling) / 2;
  }
}
