/** Where a reply goes: copied from the delivery that it answers. */
export interface ReturnPath {
  readonly replyInstance: number;
  readonly replyRequest: number;
  /** The life of the broker that it is good for. */
  readonly epoch: string;
}

/** A message on its way out, checked for form by whoever made it. */
export interface Outgoing {
  readonly name: string;
  /** 1 to 255 characters. */
  readonly id: string;
  /** 1 to 255 characters. */
  readonly activityId: string;
  /** JSON text. Empty: none. */
  readonly payload: Uint8Array | string;
  /** JSON text. Empty: none. */
  readonly auth: Uint8Array | string;
  /** Id of the message that it replies to, or empty. */
  readonly responseTo: string;
  /** W3C trace context, or empty. */
  readonly traceparent: string;
  readonly tracestate: string;
  /** Milliseconds from now in which it is of use. 0: the broker's default. */
  readonly deadlineMs: number;
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
