import type { IncomingMessage, OutgoingMessage, ReturnPath } from "@exosphere/message";

export type { ReturnPath } from "@exosphere/message";

/** A message for clients, as the link to the bus gives it. */
export interface Incoming extends IncomingMessage {
  /** Until when it is of use, on the clock of the core. */
  readonly dueMs: number;
  readonly returnPath: ReturnPath | undefined;
}

/** A message of a client, complete. */
export interface Outgoing extends OutgoingMessage {
  readonly returnPath?: ReturnPath | undefined;
  /** The return path was worked out from the activity alone: the message may not be a reply. */
  readonly isReplyGuessed?: boolean;
}

/** Is called once: with nothing when the bus has accepted a message, else with why not. */
export type Accepted = (error: Error | undefined) => void;

/** Is called once: with the reply, or with why there is none. */
export type Answered = (error: Error | undefined, reply: Incoming | undefined) => void;

/** The link to the bus, for what clients send. */
export interface Bus {
  send(message: Outgoing, accepted: Accepted): void;
  request(message: Outgoing, answered: Answered): number;
  abandon(request: number): void;
}

/** How a delivery ends for the bus. */
export type Outcome = "done" | "failed" | "dead" | "returned";

/** Tells the bus how a delivery ended. */
export type Settle = (incoming: Incoming, outcome: Outcome, detail?: string) => void;
