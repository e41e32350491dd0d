import type { Failure } from "../failure.ts";
import { verdictMs } from "../limits.ts";
import type { HeldMessage } from "./held-message.ts";
import { securityRole } from "./security-names.ts";

/** When to try again what got no verdict, in milliseconds: a service that is started anew needs about a second. */
const verdictRetryMs = 1_000;

/** The routes no longer name the role that was to decide. */
export const securityRoleGone: Failure = {
  reason: "NO_INSTANCE",
  detail: `The routes no longer have a role '${securityRole}', which was to decide on it. Try again.`,
  retryAfterMs: verdictRetryMs,
};

/** The security role has said that the message must not be delivered. */
export function refusedBySecurity({ permission }: HeldMessage): Failure {
  const detail = `'${permission.name}' is not delivered: role '${securityRole}' refused it.`;
  return { reason: "REFUSED_BY_SECURITY", detail };
}

/** The security role has said nothing, which may change. */
export function noVerdict({ permission }: HeldMessage, why: string): Failure {
  const detail = `'${permission.name}' is not delivered: role '${securityRole}' ${why}`;
  return { reason: "NO_INSTANCE", detail, retryAfterMs: verdictRetryMs };
}

/** Its deadline passed before the verdict. */
export function expiredBeforeVerdict({ permission }: HeldMessage): Failure {
  const detail = `'${permission.name}' is not delivered: its deadline passed before role '${securityRole}' gave its verdict.`;
  return { reason: "DEADLINE_EXCEEDED", detail };
}

/** The security role took longer for its verdict than it has. */
export function verdictTimedOut(held: HeldMessage): Failure {
  const why = held.isAsked ? "Its service may be overloaded" : "No instance of it takes work: is its service running";
  return noVerdict(held, `gave no verdict on it within ${verdictMs / 1000} s. ${why}?`);
}
