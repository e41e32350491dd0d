import type { Message } from "./client/message.ts";

/**
 * The messages of one role: for each name what its payload is. `exo types` writes one from service.yml and JSON Schemas:
 *
 * ```ts
 * export interface Messages {
 *   // What others ask and tell this role, and the replies to its own requests.
 *   receives: {
 *     "users.create": { name: string; email?: string };
 *     "tweets.created": { id: string };
 *     "users.list": unknown; // no schema: any JSON, or nothing
 *     "users.ping": null; // never has a payload
 *   };
 *   // What this role says, replies included.
 *   sends: {
 *     "users.created": { id: string };
 *     "tweets.create": { content: string };
 *   };
 * }
 * ```
 *
 * The names are the role's own, as service.yml lists them. A payload that may be left out has `null` or `unknown` in its
 * type, as an absent payload arrives as `null`. A role without messages of a kind has `{}` there. Given to `service<Messages>(…)`,
 * `connect<Messages>(…)` or `security<Messages>(…)`, it makes a wrong name or payload a mistake that the compiler finds.
 */
export interface RoleMessages {
  readonly receives: object;
  readonly sends: object;
}

/** What a role says and hears when nothing more is known: any name, any payload. */
export interface AnyMessages extends RoleMessages {
  readonly receives: Readonly<Record<string, unknown>>;
  readonly sends: Readonly<Record<string, unknown>>;
}

/** A name that the role may send. */
export type SentName<M extends RoleMessages = AnyMessages> = keyof M["sends"] & string;

/** A name that the role receives. */
export type ReceivedName<M extends RoleMessages = AnyMessages> = keyof M["receives"] & string;

/** The payload of a message that the role sends. */
export type SentPayload<M extends RoleMessages, N extends SentName<M>> = M["sends"][N];

/** The payload of a message that the role receives: `null` if it came without one. */
export type ReceivedPayload<M extends RoleMessages, N extends ReceivedName<M>> = M["receives"][N];

/**
 * Any message that the role receives. A reply is one of them: compare its `name`, and the compiler knows its payload.
 */
export type ReceivedMessage<M extends RoleMessages = AnyMessages> = {
  [N in ReceivedName<M>]: Message<N, ReceivedPayload<M, N>>;
}[ReceivedName<M>];

/** What follows the name in a call that sends it: the payload, which may be left out only if it may be absent, and options. */
export type Said<Payload, Options> = null extends Payload
  ? [payload?: Payload | undefined, options?: Options | undefined]
  : [payload: Payload, options?: Options | undefined];
