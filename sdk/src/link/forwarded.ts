import type { Publish } from "@exosphere/proto";
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
}

/** It as the broker takes it, on the connection that is given. A cause that came on another one is none. */
export function publishOfForwarded(message: Forwarded, request: number, connection: object | undefined): Publish {
  const { activityId, envelope, deadlineMs, returnPath, isReplyGuessed, cause } = message;
  return {
    name: 0,
    activityId,
    deadlineMs,
    request,
    cause: cause && cause.connection === connection ? cause.number : 0,
    replyInstance: returnPath?.replyInstance ?? 0,
    replyRequest: returnPath?.replyRequest ?? 0,
    replyGuessed: isReplyGuessed,
    envelope,
  };
}
