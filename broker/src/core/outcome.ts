import type { Reason, Settlement_Outcome } from "@exosphere/proto";
import type { Failure } from "./failure.ts";

/** How an instance may settle a delivery: the outcomes of the contract, by their names in lower case. */
export type SettlementOutcome = Lowercase<Exclude<keyof typeof Settlement_Outcome, "UNSPECIFIED">>;

/** How a message or a delivery can end, as it is counted: one of these five, or a reason of the error catalogue in lower case. */
export type Outcome = "ok" | "retry" | "dead" | "dropped" | "returned" | Lowercase<Reason>;

/** What a message counts as that was refused, or accepted if there is no failure. */
export function outcomeOf(failure: Failure | undefined): Outcome {
  return failure ? (failure.reason.toLowerCase() as Lowercase<Reason>) : "ok";
}
