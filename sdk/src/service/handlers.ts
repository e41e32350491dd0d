import { type Message, messageMembers } from "../client/message.ts";
import type { AnyMessages, ReceivedName, ReceivedPayload, RoleMessages, SentName, SentPayload } from "../messages.ts";
import type { HandlerContext } from "./delivery-context.ts";

/** A payload that a reply may leave out if it may be absent. */
type PayloadOf<Payload> = null extends Payload
  ? { readonly payload?: Payload | undefined }
  : { readonly payload: Payload };

/** A reply, as a handler returns it: `name`, `payload`, and `auth` unless it is that of the message that is replied to. */
export type Reply<M extends RoleMessages = AnyMessages> = {
  [N in SentName<M>]: { readonly name: N; readonly auth?: unknown } & PayloadOf<SentPayload<M, N>>;
}[SentName<M>];

/** What a handler answers: nothing, a reply, or several in their order. */
export type Answer<M extends RoleMessages = AnyMessages> = Reply<M> | readonly Reply<M>[] | undefined;

// biome-ignore lint/suspicious/noConfusingVoidType: a handler without a return statement is a handler
type Given<M extends RoleMessages> = Answer<M> | void;

/**
 * Deals with a message. What it returns is the reply; an async generator yields one after the other, no faster than a requester
 * that takes many replies deals with them. When it throws, that delivery has failed and a waiting requester
 * gets HANDLER_FAILED; what it threw stays in the log, unless it is a RetryLater or a DeadMessage.
 */
export type Handler<M extends RoleMessages = AnyMessages, N extends ReceivedName<M> = ReceivedName<M>> = (
  message: Message<N, ReceivedPayload<M, N>>,
  context: HandlerContext<M>,
) => Given<M> | Promise<Given<M>> | AsyncIterable<Reply<M>>;

/** Handlers by the names under which service.yml lists what the role receives. */
export type Handlers<M extends RoleMessages = AnyMessages> =
  string extends ReceivedName<M>
    ? Readonly<Record<string, Handler<M>>>
    : { readonly [N in ReceivedName<M>]?: Handler<M, N> };

/** The replies in what a handler returned. Throws a TypeError if it returned anything else. */
export function repliesOf(answer: unknown): readonly Reply[] {
  if (answer === undefined || answer === null) return [];
  const replies: readonly unknown[] = Array.isArray(answer) ? answer : [answer];
  for (const reply of replies) checkReply(reply);
  return replies as readonly Reply[];
}

/** Throws a TypeError if something is not a reply, or has members that would be lost. */
export function checkReply(reply: unknown): asserts reply is Reply {
  if (typeof (reply as Partial<Reply> | null)?.name !== "string")
    throw new TypeError("What a handler returns is a reply {name, payload}, an array of them, or nothing.");
  // A message that was received may be returned as it is.
  for (const member in reply as Reply)
    if (!messageMembers.has(member)) throw new TypeError(strange(reply as Reply, member));
}

function strange({ name }: Reply, member: string): string {
  return `The reply '${name}' has the member '${member}', which nobody would get. A reply has name, payload and auth; what it says belongs into its payload.`;
}
