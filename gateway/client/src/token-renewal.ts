import { ExoError } from "./exo-error.ts";

/** A JWT is renewed when so much of its time has passed. */
const renewAt = 0.8;

/** The shortest time between two renewals, in milliseconds: what gets tokens may give the old one again. */
export const leastRenewalMs = 1000;

/** The time between two renewals, in milliseconds, where a token that the gateway takes has expired by the clock of this machine. */
const skewedRenewalMs = 30_000;

/** The longest time that a timer takes, in milliseconds. */
const longestTimerMs = 0x7fff_ffff;

/** Renews the user's token before it expires. */
export class TokenRenewal {
  readonly #renew: () => Promise<void>;
  readonly #onError: (error: unknown) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(renew: () => Promise<void>, onError: (error: unknown) => void) {
    this.#renew = renew;
    this.#onError = onError;
  }

  /** Renews before `expiresAt`, though not within `leastMs` milliseconds, instead of when it was said before. */
  before(expiresAt: string, leastMs = 0): void {
    this.stop();
    const leftMs = Date.parse(expiresAt) - Date.now();
    const inMs = leftMs > 0 ? Math.max(leastMs, leftMs * renewAt) : skewedRenewalMs;
    const renew = () =>
      this.#renew().catch((error) => {
        this.#onError(error);
        // The identity provider may be away for a moment: the token can still be renewed before it ends.
        const isPassing = error instanceof ExoError && error.reason === "IDENTITY_UNAVAILABLE";
        if (isPassing) this.before(expiresAt, leastRenewalMs);
      });
    this.#timer = setTimeout(renew, Math.min(inMs, longestTimerMs));
  }

  /** Renews nothing until it is said anew. */
  stop(): void {
    clearTimeout(this.#timer);
  }
}
