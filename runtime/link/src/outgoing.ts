import type { OutgoingMessage, ReturnPath } from "@exosphere/message";

export type { ReturnPath } from "@exosphere/message";

/** A message on its way out, checked for form by whoever made it. A deadline of 0 is the broker's default. */
export interface Outgoing extends OutgoingMessage<Uint8Array | string> {
  /** Milliseconds that the sender waits for the confirmation. Default: as long as it is of use. */
  readonly confirmWithinMs?: number | undefined;
  /** Set on a reply to a delivery. */
  readonly returnPath?: ReturnPath | undefined;
  /** The return path was worked out from the activity alone: the message may be no reply at all. */
  readonly isReplyGuessed?: boolean;
  /** On requests: the `Incoming` whose handler sends it and waits for the reply. */
  readonly handling?: object | undefined;
  /** A reply to a delivery with `isMany`, after which more may come. Accepted when the requester has dealt with it. */
  readonly more?: boolean;
}

/** Is called once: with nothing when the bus has accepted a message, else with why not. */
export type Accepted = (error: Error | undefined) => void;
