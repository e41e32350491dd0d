import type { Delivery } from "./delivery.ts";
import type { Failure } from "./failure.ts";

/** Why a message ended that its receivers kept declining: what they said themselves says more than how many there are. */
export function declinedUntilDeadline(role: string, { attempt, retryDetail }: Delivery): string {
  const attempts = attempt === 1 ? "1 attempt" : `${attempt} attempts`;
  return `Role '${role}' did not take the message within the deadline, in ${attempts}. It said last: ${retryDetail}`;
}

/** Why a message found no instance within its deadline, and what to do. */
export function noFreeInstance(role: string, attached: number, working: number): string {
  if (attached === 0) return `No instance of role '${role}' attached within the deadline. Is its service running?`;
  const counts = `${attached} attached, ${working} take${working === 1 ? "s" : ""} work`;
  if (working === 0)
    return `No instance of role '${role}' took it within the deadline: ${counts}: its app cannot be reached. Does it listen where its sidecar looks for it?`;
  return `No instance of role '${role}' was free within the deadline: ${counts}. Run more instances, or allow more time.`;
}

/** The requester of a reply of several does not take it any more. */
export const requesterGone: Failure = {
  reason: "NO_RECEIVERS",
  detail: "Whoever asked is gone, or takes no more replies.",
};
