import { newPublish, type Publish } from "@exosphere/proto";
import type { ReturnPath } from "./outgoing.ts";

/** A message that was encoded elsewhere, to be passed on as it is. */
export interface Forwarded {
  readonly name: string;
  readonly activityId: Uint8Array;
  /** An encoded Envelope. */
  readonly envelope: Uint8Array;
  /** Milliseconds from now in which it is of use. 0: the broker's default. */
  readonly deadlineMs: number;
  /** Milliseconds that its sender waits for the confirmation. 0: as long as it is of use. */
  readonly confirmWithinMs: number;
  readonly returnPath: ReturnPath | undefined;
  readonly isReplyGuessed: boolean;
  /** On requests: the handlers that wait for the answer, Publish.awaiting. */
  readonly awaiting: number[];
  /** A request that takes any number of replies. */
  readonly many?: boolean;
  /** A reply that is not the last. */
  readonly more?: boolean;
}

/** It as the broker takes it. Its name is a number of the stream that it leaves by, and filled in there. */
export function publishOfForwarded(message: Forwarded, request: number): Publish {
  const { activityId, envelope, deadlineMs, confirmWithinMs, returnPath, isReplyGuessed, awaiting } = message;
  return newPublish({
    activityId,
    lifetimeMs: deadlineMs,
    confirmWithinMs,
    request,
    awaiting,
    requester: returnPath?.requester ?? 0,
    replyRequest: returnPath?.replyRequest ?? 0,
    replyGuessed: isReplyGuessed,
    envelope,
    many: message.many ?? false,
    more: message.more ?? false,
  });
}
