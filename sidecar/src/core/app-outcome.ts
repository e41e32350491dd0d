import type { Outcome } from "@exosphere/proto/outcomes";

/** How an app can settle a delivery for itself, by `exocom.settle` on a WebSocket or by `POST /v1/settle`: some of the contract's outcomes. */
export const appOutcomes = ["done", "retry", "dead"] as const satisfies readonly Outcome[];

/** One of `appOutcomes`. */
export type AppOutcome = (typeof appOutcomes)[number];

/** Whether a value names an outcome that an app may give. */
export function isAppOutcome(value: unknown): value is AppOutcome {
  return appOutcomes.some((each) => each === value);
}
