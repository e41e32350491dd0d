import type { IncomingMessage, OutgoingMessage, ReturnPath } from "@exosphere/message";

export type { ReturnPath } from "@exosphere/message";

/** A message for the app, as the upstream link gives it. */
export interface Incoming extends IncomingMessage {
  /** Number of the delivery. */
  readonly number: number;
  /** Until when it is of use, in milliseconds of the clock. */
  readonly dueMs: number;
  /** Its sender takes any number of replies. */
  readonly isMany: boolean;
  readonly returnPath: ReturnPath | undefined;
}

/** A message from the app, complete. */
export interface Outgoing extends OutgoingMessage {
  readonly returnPath?: ReturnPath | undefined;
  /** The return path was worked out from the activity alone: the message may be no reply at all. */
  readonly isReplyGuessed?: boolean;
  /** On requests: the delivery whose handler sends it and waits for the reply. */
  readonly handling?: Incoming | undefined;
  /** A reply after which more come. */
  readonly more?: boolean;
}

/** The upstream link, as the edges use it. */
export interface Bus {
  send(message: Outgoing, accepted: (error: Error | undefined) => void): void;
  request(message: Outgoing, answered: (error: Error | undefined, reply: Incoming | undefined) => void): number;
  abandon(request: number): void;
}
