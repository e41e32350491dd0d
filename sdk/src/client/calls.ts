import type { AnyMessages, ReceivedMessage, RoleMessages, Said, SentName, SentPayload } from "../messages.ts";
import type { RequestOptions, Sent } from "./caller.ts";
import type { SendOptions } from "./outgoing-message.ts";
import type { RequestManyOptions } from "./request-many.ts";

/** Sends a message that the role may send. */
export type Send<M extends RoleMessages = AnyMessages> = <N extends SentName<M>>(
  name: N,
  ...said: Said<SentPayload<M, N>, SendOptions>
) => Promise<Sent>;

/** Sends a message that the role may send, and waits for its reply: one of the messages that the role receives. */
export type Request<M extends RoleMessages = AnyMessages> = <N extends SentName<M>>(
  name: N,
  ...said: Said<SentPayload<M, N>, RequestOptions>
) => Promise<ReceivedMessage<M>>;

/**
 * Sends a message that the role may send, and gives its replies as they come: from a handler that replies several times, or
 * from several roles. The iteration ends when all who received the message have said that they have no more. It ends with an
 * ExoError if one of them fails or is lost, and at the deadline. Leaving the loop tells the others to stop.
 */
export type RequestMany<M extends RoleMessages = AnyMessages> = <N extends SentName<M>>(
  name: N,
  ...said: Said<SentPayload<M, N>, RequestManyOptions<M>>
) => AsyncGenerator<ReceivedMessage<M>, void, undefined>;
