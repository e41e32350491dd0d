import { Refusal, textMember } from "@exosphere/message";
import { jsonMistake, rawMembers } from "@exosphere/message/json";
import { type AppOutcome, isAppOutcome } from "../core/app-outcome.ts";

/** The outcome in the body of a settlement, `{"outcome": "done" | "retry" | "dead"}`. Throws a Refusal. */
export function outcomeOf(body: Uint8Array): AppOutcome {
  const mistake = jsonMistake(body);
  const members = mistake === undefined ? rawMembers(body) : undefined;
  const outcome = members && textMember(members, "outcome");
  if (isAppOutcome(outcome)) return outcome;
  throw new Refusal(
    `The body must be {"outcome": "done"}, or "retry" or "dead" in place of "done"${mistake ? `: ${mistake}` : ""}.`,
  );
}
