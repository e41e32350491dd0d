import type { OutgoingMessage, ReturnPath } from "@exosphere/message";

export type { ReturnPath } from "@exosphere/message";

/** A message on its way out, checked for form by whoever made it. A deadline of 0 is the broker's default. */
export interface Outgoing extends OutgoingMessage<Uint8Array | string> {
  /** Set on a reply to a delivery. */
  readonly returnPath?: ReturnPath | undefined;
  /** The return path was worked out from the activity alone: the message may be no reply at all. */
  readonly isReplyGuessed?: boolean;
  /** `Incoming.number` of the delivery whose handler sends it, on requests. */
  readonly cause?: number | undefined;
  /** A reply to a delivery with `isMany`, after which more may come. Accepted when the requester has dealt with it. */
  readonly more?: boolean;
}

/** Is called once: with nothing when the bus has accepted a message, else with why not. */
export type Accepted = (error: Error | undefined) => void;
