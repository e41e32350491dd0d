import type { Outcome } from "@exosphere/proto/outcomes";

/** How an app can end a delivery. */
export type Ending = Exclude<Outcome, "working">;

/** How a delivery ended. */
export interface Ended {
  readonly outcome: Ending;
  /** Of `retry`: not before so many milliseconds have passed. */
  readonly retryAfterMs: number;
  /** For people: what happened. */
  readonly detail: string;
  /** What the app said, for operators alone. */
  readonly words?: string;
}
