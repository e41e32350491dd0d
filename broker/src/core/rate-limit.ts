/** What may be saved up, in seconds' worth of the rate: a burst of that size passes after a quiet time. */
const savedSeconds = 1;

/** What a message takes: with it, a millisecond brings the rate, and whole numbers add up exactly. */
const cost = 1000;

/** How many messages in a second are taken: a bucket that fills at that rate, from which each message takes one. */
export class RateLimit {
  readonly #perSecond: number;
  #balance: number;
  #asOfMs = Number.NEGATIVE_INFINITY;

  /** `perSecond` is above 0. */
  constructor(perSecond: number) {
    this.#perSecond = perSecond;
    this.#balance = this.#most;
  }

  /** Takes a message at `nowMs`. Returns 0, or in how many milliseconds there is room for one. */
  take(nowMs: number): number {
    const sinceMs = Math.max(0, nowMs - this.#asOfMs);
    this.#asOfMs = nowMs;
    this.#balance = Math.min(this.#most, this.#balance + sinceMs * this.#perSecond);
    if (this.#balance < cost) return Math.ceil((cost - this.#balance) / this.#perSecond);
    this.#balance -= cost;
    return 0;
  }

  get #most(): number {
    return cost * Math.max(1, this.#perSecond * savedSeconds);
  }
}
