import { encodeEnvelope, encodeText, idIn, type TraceContext } from "@exosphere/frames";
import { emptyList, newPublish, type Publish } from "@exosphere/proto";
import type { Outgoing } from "./outgoing.ts";

/** What a message that waits for a reply says of that. */
export interface Asks {
  /** Number of the request. */
  readonly number: number;
  /** Any number of replies are taken. */
  readonly many: boolean;
  /** Handlers that wait for the answer. */
  readonly awaiting: number[] | undefined;
}

/** A message as it travels. Its name is a number of the stream that it leaves by, and filled in there. */
export function publishOf(
  message: Outgoing,
  /** Its place in a trace. */
  { traceparent, tracestate }: TraceContext = message,
  lifetimeMs: number = message.deadlineMs,
  asks?: Asks,
): Publish {
  const { id, activityId, returnPath } = message;
  const isUntraced = traceparent === message.traceparent && tracestate === message.tracestate;
  const envelope = encodeEnvelope(isUntraced ? message : { ...message, traceparent, tracestate });
  return newPublish({
    // A new activity has the id of its first message.
    activityId: activityId === id ? idIn(envelope) : encodeText(activityId),
    lifetimeMs: Math.min(Number.MAX_SAFE_INTEGER, Math.ceil(lifetimeMs)),
    confirmWithinMs: message.confirmWithinMs ?? 0,
    request: asks?.number ?? 0,
    many: asks?.many ?? false,
    awaiting: asks?.awaiting ?? emptyList,
    requester: returnPath?.requester ?? 0,
    replyRequest: returnPath?.replyRequest ?? 0,
    replyGuessed: message.isReplyGuessed ?? false,
    more: message.more ?? false,
    envelope,
  });
}
