import { cutText } from "@exosphere/frames";
import { ExoError, type Settlement, Settlement_Outcome } from "@exosphere/proto";
import type { SettlementOutcome } from "../core/outcome.ts";
import type * as core from "../core/settle.ts";

/** The outcomes of the contract by number, as the core names them. */
const outcomes: ReadonlyMap<number, SettlementOutcome> = new Map(
  Object.entries(Settlement_Outcome)
    .filter(([, number]) => number !== Settlement_Outcome.UNSPECIFIED)
    .map(([name, number]) => [number, name.toLowerCase() as SettlementOutcome]),
);

/** A settlement as the core takes it. Throws INVALID_MESSAGE for an outcome that the contract does not have. */
export function settlementOf({ delivery, outcome, retryAfterMs, detail, words }: Settlement): core.Settlement {
  const known = outcomes.get(outcome);
  if (!known) throw new ExoError("INVALID_MESSAGE", `${outcome} is not an outcome of a settlement.`);
  return { number: delivery, outcome: known, retryAfterMs, detail: cutText(detail), words: cutText(words) };
}
