import type { Reason } from "@exosphere/proto";
import type { Failure } from "./failure.ts";

/** How an instance may settle a delivery, or ask for more time: the outcomes of the contract. */
export type { Outcome as SettlementOutcome } from "@exosphere/proto/outcomes";

/**
 * What became of a message or of an attempt to deliver it, as it is counted: one of these five, or a reason of the error catalogue in lower
 * case. After `retry` (not taken) and `returned` (no app has seen it; not among the metrics) the delivery goes on.
 */
export type Outcome = "ok" | "retry" | "dead" | "dropped" | "returned" | Lowercase<Reason>;

/** What a message counts as that was refused, or accepted if there is no failure. */
export function outcomeOf(failure: Failure | undefined): Outcome {
  return failure ? (failure.reason.toLowerCase() as Lowercase<Reason>) : "ok";
}
