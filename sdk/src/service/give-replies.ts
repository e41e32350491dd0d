import type { Incoming, Link } from "@exosphere/link";
import type { Caller } from "../client/caller.ts";
import { noOptions, type SendOptions } from "../client/outgoing-message.ts";
import type { DeliveryContext } from "./delivery-context.ts";
import { checkReply, type Reply, repliesOf } from "./handlers.ts";

/** What sending replies needs. */
export interface ReplyHost {
  readonly link: Link;
  readonly caller: Caller;
  /** A reply was refused later than its handler's end. */
  readonly report: (incoming: Incoming, error: unknown, text: string) => void;
}

/** Why a reply was refused, with the reply's name. */
export class RefusedReply extends Error {
  override readonly name = "RefusedReply";
}

/** Whether a handler answers bit by bit. */
export function isStream(answer: unknown): answer is AsyncIterable<unknown> {
  return typeof (answer as Partial<AsyncIterable<unknown>> | null | undefined)?.[Symbol.asyncIterator] === "function";
}

/** Sends the replies in what a handler returned. Throws if one is refused at once and somebody waits for it. */
export function giveReplies(host: ReplyHost, incoming: Incoming, context: DeliveryContext, answer: unknown): void {
  if (answer === undefined || answer === null) return;
  if (Array.isArray(answer)) for (const reply of repliesOf(answer)) giveReply(host, incoming, context, reply);
  else giveReply(host, incoming, context, checked(answer));
}

/**
 * Sends replies as they come from a handler, or where many are taken. Resolves with how the delivery ends. Rejects if one is
 * refused, or with what the handler threw.
 */
export async function streamReplies(
  host: ReplyHost,
  incoming: Incoming,
  context: DeliveryContext,
  answer: unknown,
): Promise<"done" | "answered"> {
  if (!incoming.isMany) {
    for await (const reply of answer as AsyncIterable<unknown>) giveReply(host, incoming, context, checked(reply));
    return "done";
  }
  const replies = isStream(answer) ? answer : repliesOf(answer);
  // The one reply of many handlers: it says itself that it is the last.
  if (Array.isArray(replies) && replies.length === 1) {
    giveReply(host, incoming, context, replies[0]);
    return "done";
  }
  for await (const reply of replies as AsyncIterable<unknown>) {
    if (!(await context.pace.room())) break;
    const { name, payload, auth } = checked(reply);
    const message = host.caller.compose(name, payload, saying(auth), context.partOrigin);
    host.link.send(message, context.pace.started());
  }
  await context.pace.through();
  // Cut short by its deadline, it must not seem to be complete: whoever asked hears of the deadline itself.
  return context.isOverdue ? "done" : "answered";
}

function giveReply(
  { link, caller, report }: ReplyHost,
  incoming: Incoming,
  context: DeliveryContext,
  reply: Reply,
): void {
  const { name, payload, auth } = reply;
  let isHere = true;
  let refused: Error | undefined;
  link.send(caller.compose(name, payload, saying(auth), context.replyOrigin), (error) => {
    if (isHere) refused = error;
    else if (error) report(incoming, error, refusedText(name));
  });
  isHere = false;
  // Whoever waits for the reply hears of it now, not at the deadline.
  if (refused && incoming.returnPath) throw new RefusedReply(refusedText(name), { cause: refused });
  if (refused) report(incoming, refused, refusedText(name));
}

function refusedText(name: string): string {
  return `The reply '${name}' was refused.`;
}

/** Most replies have the auth of the message that they answer. */
function saying(auth: unknown): SendOptions {
  return auth === undefined ? noOptions : { auth };
}

function checked(reply: unknown): Reply {
  checkReply(reply);
  return reply;
}
