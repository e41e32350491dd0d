import { encodeEnvelope, type TraceContext } from "@exosphere/frames";
import type { Publish } from "@exosphere/proto";
import type { Outgoing } from "./outgoing.ts";

/** How a message is sent, beside what it says. */
export interface SendingFields {
  /** Not 0: the sender waits for a reply. */
  readonly request?: number;
  /** Default: that of the message. */
  readonly deadlineMs?: number;
  /** Any number of replies are taken. */
  readonly many?: boolean;
  /** Its place in a trace. Default: that of the message. */
  readonly context?: TraceContext | undefined;
}

/** A message as it travels. Its name and its cause are numbers of the stream that it leaves by, and filled in there. */
export function publishOf(message: Outgoing, how: SendingFields = {}): Publish {
  const { request = 0, deadlineMs = message.deadlineMs, many = false, context = message } = how;
  const { id, responseTo, auth, payload, returnPath } = message;
  const { traceparent, tracestate } = context;
  return {
    name: 0,
    activityId: Buffer.from(message.activityId),
    deadlineMs: Math.min(0xffff_ffff, Math.ceil(deadlineMs)),
    request,
    cause: 0,
    replyInstance: returnPath?.replyInstance ?? 0,
    replyRequest: returnPath?.replyRequest ?? 0,
    replyGuessed: message.isReplyGuessed ?? false,
    many,
    more: message.more ?? false,
    envelope: encodeEnvelope({ id, responseTo, auth, payload, traceparent, tracestate }),
  };
}
