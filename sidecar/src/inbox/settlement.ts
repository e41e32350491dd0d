import { Refusal, textMember } from "@exosphere/message";
import { jsonMistake, rawMembers } from "@exosphere/message/json";
import type { Ending } from "../core/seat.ts";

/** How an app can settle a delivery. */
const outcomes: ReadonlyMap<string, Ending> = new Map([
  ["done", "done"],
  ["retry", "retry"],
  ["dead", "dead"],
]);

/** The outcome in the body of a settlement, `{"outcome": "done" | "retry" | "dead"}`. Throws a Refusal. */
export function outcomeOf(body: Uint8Array): Ending {
  const mistake = jsonMistake(body);
  const members = mistake === undefined ? rawMembers(body) : undefined;
  const outcome = members && outcomes.get(textMember(members, "outcome") ?? "");
  if (outcome) return outcome;
  throw new Refusal(
    `The body must be {"outcome": "done"}, or "retry" or "dead" in place of "done"${mistake ? `: ${mistake}` : ""}.`,
  );
}
