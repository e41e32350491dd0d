import type { Delivery } from "@exosphere/proto";
import type * as core from "../core/delivery.ts";

/** A delivery as it travels, in the terms of version 3, at `nowMs` of the core's clock. */
export function deliveryOf(delivery: core.Delivery, nowMs: number): Delivery {
  const { message, expiresAtMs } = delivery;
  const seconds = Math.floor(message.timestampMs / 1000);
  // In full, without a factory: it is made for each message.
  return {
    name: delivery.subscription.number,
    activityId: message.activityId,
    attempt: delivery.attempt,
    failures: delivery.failures,
    // 0 stands for ever.
    lifetimeMs: expiresAtMs === Number.POSITIVE_INFINITY ? 0 : Math.max(1, Math.ceil(expiresAtMs - nowMs)),
    requester: message.requester,
    replyRequest: message.replyRequest,
    awaiting: message.awaiting as number[],
    request: delivery.answers,
    timestampSeconds: seconds,
    timestampNanos: Math.min(999_999_999, Math.round((message.timestampMs - seconds * 1000) * 1e6)),
    responseTimeNs: message.responseTimeNs,
    isSecurity: message.isSecurity,
    envelope: message.envelope,
    many: message.isMany,
    more: delivery.isMore,
    deadlineMs: 0,
    replyInstance: 0,
    durableId: 0,
  };
}
