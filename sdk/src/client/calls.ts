import type { AnyMessages, ReceivedMessage, RoleMessages, Said, SentName, SentPayload } from "../messages.ts";
import type { RequestOptions, Sent } from "./caller.ts";
import type { SendOptions } from "./outgoing-message.ts";

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
