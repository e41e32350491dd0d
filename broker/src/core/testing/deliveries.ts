import { envelopes } from "../../envelopes.ts";
import { activityHash } from "../activity-hash.ts";
import type { Clock } from "../clock.ts";
import { Delivery } from "../delivery.ts";
import { AcceptedMessage } from "../message.ts";
import { Subscription } from "../subscription.ts";
import { Tally } from "../tally.ts";
import type { MonotonicMs, WallMs } from "../times.ts";

/** A delivery as a test writes it down. */
export interface DeliverySketch {
  /** Default: an activity of its own. */
  readonly activity?: string;
  /** Default: the hash of the activity. */
  readonly hash?: number;
  /** Size of its envelope. Default: 10. */
  readonly bytes?: number;
  /** Default: 30 s. */
  readonly deadlineMs?: number;
  /** Default: true. */
  readonly isOrdered?: boolean;
}

/** Makes deliveries for a role that nobody plays, accepted at the time of a clock. */
export function deliveriesOf(clock: Clock): (sketch?: DeliverySketch) => Delivery {
  let number = 0;
  return ({ activity, hash, bytes = 10, deadlineMs = 30_000, isOrdered = true } = {}) => {
    number += 1;
    const now = clock.nowMs();
    const activityId = Buffer.from(activity ?? `activity ${number}`);
    const message = new AcceptedMessage(
      { activityId, envelope: new Uint8Array(bytes), isSecurity: false, requester: 0, replyRequest: 0 },
      {
        number,
        activityHash: hash ?? activityHash(activityId, 7),
        responseTimeNs: 0,
        acceptedAtMs: now as MonotonicMs,
        expiresAtMs: (now + deadlineMs) as MonotonicMs,
        timestampMs: (clock.originMs + now) as WallMs,
      },
      envelopes,
    );
    return new Delivery(message, subscriptionOf(isOrdered), undefined);
  };
}

function subscriptionOf(isOrdered: boolean): Subscription {
  return new Subscription({
    role: { name: "sink" },
    number: 1,
    name: "note",
    publicName: "note",
    deadlineMs: Number.POSITIVE_INFINITY,
    isOrdered,
    delivered: new Tally(),
    latency: { record() {} },
  });
}
