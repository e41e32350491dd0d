/** Those who follow: each known by the text that `add` was given for it. */
export class Followers {
  #seen = new Map();
  #limit;
  #ttlMs;
  #now;

  /** `limit`: how many at most; the one that was silent for longest goes first. `ttlMs`: how long without a sign of life. */
  constructor({ limit = 10_000, ttlMs = 10 * 60_000, now = Date.now } = {}) {
    this.#limit = limit;
    this.#ttlMs = ttlMs;
    this.#now = now;
  }

  /** Someone follows, or still does. */
  add(follower) {
    // The map keeps the order of insertion: the first entry is the one that was silent for longest.
    this.#seen.delete(follower);
    this.#seen.set(follower, this.#now());
    if (this.#seen.size > this.#limit) this.#seen.delete(this.#seen.keys().next().value);
  }

  /** All who still follow. */
  all() {
    const since = this.#now() - this.#ttlMs;
    for (const [follower, seen] of this.#seen) {
      if (seen >= since) break;
      this.#seen.delete(follower);
    }
    return [...this.#seen.keys()];
  }
}
