import { encodeEnvelope } from "@exosphere/frames";
import type { Publish } from "@exosphere/proto";
import type { Outgoing } from "./outgoing.ts";

/** A message as it travels. Its name and its cause are numbers of the stream that it leaves by, and filled in there. */
export function publishOf(message: Outgoing, request: number, deadlineMs: number, many = false): Publish {
  const { id, responseTo, auth, payload, traceparent, tracestate, returnPath } = message;
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
    envelope: encodeEnvelope({
      id: Buffer.from(id),
      responseTo: Buffer.from(responseTo),
      auth,
      payload,
      traceparent,
      tracestate,
    }),
  };
}
