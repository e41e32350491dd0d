/** Why the gateway itself refuses what a client wants; the edges make a problem of it. */
export type DeniedReason =
  | "UNAUTHENTICATED"
  | "IDENTITY_UNAVAILABLE"
  | "NOT_ALLOWED"
  | "RATE_LIMITED"
  | "DRAINING"
  | "PAYLOAD_TOO_LARGE";

/** What may be told beside the reason. */
export interface DeniedOptions {
  readonly facts?: Readonly<Record<string, string | number>>;
  /** Trying again may work after so many milliseconds. */
  readonly retryAfterMs?: number;
}

/** The gateway refuses something, for a reason of the catalogue. */
export class Denied extends Error {
  override readonly name = "Denied";
  readonly reason: DeniedReason;
  /** For the client: what was wrong and what to do. */
  readonly detail: string;
  readonly facts: Readonly<Record<string, string | number>>;
  readonly retryAfterMs: number | undefined;

  constructor(reason: DeniedReason, detail: string, { facts = {}, retryAfterMs }: DeniedOptions = {}) {
    super(`${reason}: ${detail}`);
    this.reason = reason;
    this.detail = detail;
    this.facts = facts;
    this.retryAfterMs = retryAfterMs;
  }
}
