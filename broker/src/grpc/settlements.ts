import { cutText } from "@exosphere/frames";
import { ExoError, type Settlement } from "@exosphere/proto";
import { outcomeOf } from "@exosphere/proto/outcomes";
import type * as core from "../core/settle.ts";
import { checkSettlement } from "./unsupported.ts";

/** A settlement as the core takes it. Throws INVALID_MESSAGE for an outcome that the contract does not have. */
export function settlementOf(settlement: Settlement): core.Settlement {
  checkSettlement(settlement);
  const { delivery, outcome, retryAfterMs, detail, words } = settlement;
  const known = outcomeOf(outcome);
  if (!known) throw new ExoError("INVALID_MESSAGE", `${outcome} is not an outcome of a settlement.`);
  return { number: delivery, outcome: known, retryAfterMs, detail: cutText(detail), words: cutText(words) };
}
