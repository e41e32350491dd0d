import { newPublish, type Publish } from "@exosphere/proto";
import type { Incoming } from "./incoming.ts";
import type { ReturnPath } from "./outgoing.ts";

/** A message that was encoded elsewhere, to be passed on as it is. */
export interface Forwarded {
  readonly name: string;
  readonly activityId: Uint8Array;
  /** An encoded Envelope. */
  readonly envelope: Uint8Array;
  /** Milliseconds from now in which it is of use. 0: the broker's default. */
  readonly deadlineMs: number;
  readonly returnPath: ReturnPath | undefined;
  readonly isReplyGuessed: boolean;
  /** The delivery whose handler sends it, on requests. */
  readonly cause: Incoming | undefined;
  /** A request that takes any number of replies. */
  readonly many?: boolean;
  /** A reply that is not the last. */
  readonly more?: boolean;
}

/** It as the broker takes it. Its name and its cause are numbers of the stream that it leaves by, and filled in there. */
export function publishOfForwarded(message: Forwarded, request: number): Publish {
  const { activityId, envelope, deadlineMs, returnPath, isReplyGuessed } = message;
  return newPublish({
    name: 0,
    activityId,
    deadlineMs,
    request,
    cause: 0,
    replyInstance: returnPath?.replyInstance ?? 0,
    replyRequest: returnPath?.replyRequest ?? 0,
    replyGuessed: isReplyGuessed,
    envelope,
    many: message.many ?? false,
    more: message.more ?? false,
  });
}
