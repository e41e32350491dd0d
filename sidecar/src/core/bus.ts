import type { Envelope, ReturnPath } from "@exosphere/message";

export type { Envelope, ReturnPath } from "@exosphere/message";

/** A message for the app, as the upstream link gives it. */
export interface Incoming {
  readonly name: string;
  readonly number: number;
  readonly id: string;
  readonly activityId: string;
  readonly responseTo: string;
  readonly attempt: number;
  readonly dueMs: number;
  readonly timestampSeconds: number;
  readonly timestampNanos: number;
  readonly responseTimeNs: number;
  readonly isSecurity: boolean;
  /** Its sender takes any number of replies. */
  readonly isMany: boolean;
  readonly envelope: Envelope;
  readonly returnPath: ReturnPath | undefined;
}

/** A message from the app, complete. */
export interface Outgoing extends Envelope {
  readonly name: string;
  readonly id: string;
  readonly activityId: string;
  readonly responseTo: string;
  readonly deadlineMs: number;
  readonly returnPath?: ReturnPath | undefined;
  /** The return path was worked out from the activity alone: the message may be no reply at all. */
  readonly isReplyGuessed?: boolean;
  readonly cause?: number | undefined;
  /** A reply after which more come. */
  readonly more?: boolean;
}

/** The upstream link, as the edges use it. */
export interface Bus {
  send(message: Outgoing, accepted: (error: Error | undefined) => void): void;
  request(message: Outgoing, answered: (error: Error | undefined, reply: Incoming | undefined) => void): number;
  abandon(request: number): void;
}
