import type { Reason } from "@exosphere/proto";

/** Why something was refused or failed: the one shape in which the core says so. Edges make an ExoError or a message of the contract of it. */
export interface Failure {
  /** From the error catalogue. */
  readonly reason: Reason;
  /** For people: what was wrong, where, and what to do. */
  readonly detail: string;
  /** Trying again may work after this time, in milliseconds. */
  readonly retryAfterMs?: number;
  /** What was concerned, such as `name` and `role`. */
  readonly facts?: Readonly<Record<string, string>>;
  /** What happened underneath. For the log; never leaves the process. */
  readonly cause?: unknown;
}
