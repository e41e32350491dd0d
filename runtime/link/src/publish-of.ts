import { encodeEnvelope, encodeText, idIn, type TraceContext } from "@exosphere/frames";
import { newPublish, type Publish } from "@exosphere/proto";
import type { Outgoing } from "./outgoing.ts";

/** A message as it travels. Its name and its cause are numbers of the stream that it leaves by, and filled in there. */
export function publishOf(
  message: Outgoing,
  /** Its place in a trace. */
  { traceparent, tracestate }: TraceContext = message,
  deadlineMs: number = message.deadlineMs,
  /** Not 0: the sender waits for a reply. */
  request = 0,
  /** Any number of replies are taken. */
  many = false,
): Publish {
  const { id, activityId, returnPath } = message;
  const isUntraced = traceparent === message.traceparent && tracestate === message.tracestate;
  const envelope = encodeEnvelope(isUntraced ? message : { ...message, traceparent, tracestate });
  return newPublish({
    name: 0,
    // A new activity has the id of its first message.
    activityId: activityId === id ? idIn(envelope) : encodeText(activityId),
    deadlineMs: Math.min(0xffff_ffff, Math.ceil(deadlineMs)),
    request,
    cause: 0,
    replyInstance: returnPath?.replyInstance ?? 0,
    replyRequest: returnPath?.replyRequest ?? 0,
    replyGuessed: message.isReplyGuessed ?? false,
    many,
    more: message.more ?? false,
    envelope,
  });
}
