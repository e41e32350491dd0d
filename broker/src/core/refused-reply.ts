import type { Instance } from "./instance.ts";
import type { Refused } from "./link.ts";
import type { Publish } from "./publish.ts";

/** A reply was refused: who waits for it hears why now, and not at the deadline. `instances` are those attached, by handle. */
export function tellWaiter(
  instances: ReadonlyMap<number, Instance>,
  { replyInstance, replyRequest, replyGuessed, activityId }: Publish,
  refused: Refused,
): void {
  // That nobody receives it was told when it was accepted as a reply.
  if (replyGuessed || activityId.length === 0 || refused.reason === "NO_RECEIVERS") return;
  const waiter = instances.get(replyInstance);
  waiter?.noLongerWaits(replyRequest);
  waiter?.link.undeliverable(replyRequest, refused, activityId);
}
