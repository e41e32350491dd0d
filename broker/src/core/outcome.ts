import type { Reason } from "@exosphere/proto";
import type { Outcome as ContractOutcome } from "@exosphere/proto/outcomes";
import type { Failure } from "./failure.ts";

/** How an instance may settle a delivery: as the contract says, or `working`: it is still at work, and asks for more time. */
export type SettlementOutcome = ContractOutcome | "working";

/** How a message or a delivery can end, as it is counted: one of these five, or a reason of the error catalogue in lower case. */
export type Outcome = "ok" | "retry" | "dead" | "dropped" | "returned" | Lowercase<Reason>;

/** What a message counts as that was refused, or accepted if there is no failure. */
export function outcomeOf(failure: Failure | undefined): Outcome {
  return failure ? (failure.reason.toLowerCase() as Lowercase<Reason>) : "ok";
}
