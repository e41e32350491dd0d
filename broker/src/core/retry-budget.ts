/** Deliveries that allow for one retry: at most a fifth more work, however many apps decline. */
export const deliveriesPerRetry = 5;
/** Retries per second beside that, so that a quiet role can retry at all. */
export const retriesPerSecond = 10;
/** What may be saved up, in retries: two seconds' worth of a quiet role. More would be the wave that the budget is to break. */
export const savedRetries = 2 * retriesPerSecond;

const most = savedRetries * deliveriesPerRetry;
const perMs = (retriesPerSecond * deliveriesPerRetry) / 1000;

/**
 * Spreads the retries of one role over time, so that they never exceed a fifth of its deliveries and ten a second. Apps that
 * say they are overloaded are not overloaded further by having said so. It belongs to the broker: a sidecar sees its own
 * instance only, and a retry may go to any.
 */
export class RetryBudget {
  /** Deliveries that retries may still be made for: whole numbers add up exactly. Below zero: retries are granted for later. */
  #balance = most;
  #asOfMs = 0;
  /** Retries that had to wait for the budget. */
  delayed = 0;

  /** A message was delivered for the first time, and dealt with. */
  delivered(): void {
    this.#balance = Math.min(most, this.#balance + 1);
  }

  /**
   * Grants a retry that is to be made at `wantedMs` or later. Returns when it may be made. Grants nothing, and returns
   * infinity, if that is not before `expiresAtMs`.
   */
  grant(nowMs: number, wantedMs: number, expiresAtMs: number): number {
    this.#balance = Math.min(most, this.#balance + (nowMs - this.#asOfMs) * perMs);
    this.#asOfMs = nowMs;
    const affordableMs = nowMs + Math.max(0, deliveriesPerRetry - this.#balance) / perMs;
    const atMs = Math.max(wantedMs, affordableMs);
    if (affordableMs > wantedMs) this.delayed += 1;
    if (atMs >= expiresAtMs) return Number.POSITIVE_INFINITY;
    this.#balance -= deliveriesPerRetry;
    return atMs;
  }
}
