/**
 * The messages that a client may send and get, and what their payloads are: what `exo types` writes for the gateway's role.
 * Given to `connect<Messages>(…)`, it makes a wrong name or payload a mistake that the compiler finds.
 */
export interface RoleMessages {
  readonly receives: object;
  readonly sends: object;
}

/** Any name, any payload: what is known without a declaration. */
export interface AnyMessages extends RoleMessages {
  readonly receives: Readonly<Record<string, unknown>>;
  readonly sends: Readonly<Record<string, unknown>>;
}

/** A message from the bus. */
export interface Message<Name extends string = string, Payload = unknown> {
  readonly name: Name;
  /** `null` if there is none. */
  readonly payload: Payload;
  readonly id: string;
  /** What everything that follows from one event has in common. */
  readonly activityId: string;
  readonly responseTo?: string;
  /** When the bus took it: RFC 3339. */
  readonly timestamp: string;
  /** Nanoseconds since the previous message of the activity. */
  readonly responseTime: number;
  readonly attempt: number;
  /** Its place in the session. A reply has none. */
  readonly offset?: number;
}

/** A name that clients may send. */
export type SentName<M extends RoleMessages> = keyof M["sends"] & string;

/** A name that clients may get. */
export type ReceivedName<M extends RoleMessages> = keyof M["receives"] & string;

/** Any message that clients may get: compare its `name`, and the compiler knows its payload. */
export type ReceivedMessage<M extends RoleMessages> = {
  [N in ReceivedName<M>]: Message<N, M["receives"][N]>;
}[ReceivedName<M>];

/** Deals with a message. Where the client confirms (`ack`), it has dealt with it once what this returns has settled. */
export type Handler<M extends RoleMessages, N extends ReceivedName<M>> = (
  message: Message<N, M["receives"][N]>,
) => unknown;

/** What the bus has accepted. */
export interface Sent {
  readonly id: string;
  readonly activityId: string;
}

/** What can be said of a message beside its name and payload. */
export interface SendOptions {
  readonly id?: string;
  /** The activity to join; a new one otherwise. */
  readonly activityId?: string;
  readonly responseTo?: string;
  /** How long it is of use, in milliseconds, waiting for a connection included. Default 30,000; for a request 10,000. */
  readonly deadlineMs?: number;
  /** Gives the message up, as far as that is still possible, and rejects with its reason. */
  readonly signal?: AbortSignal;
}

/** The options that stand in the frame of a message, under the same keys. The others are about its sending. */
export const framedOptions = Object.keys({
  id: true,
  activityId: true,
  responseTo: true,
} satisfies Record<Exclude<keyof SendOptions, "deadlineMs" | "signal">, true>) as readonly (keyof SendOptions)[];
