import type { Message } from "../client/message.ts";
import type { HandlerContext } from "./delivery-context.ts";

/** A reply, as a handler returns it. */
export interface Reply {
  readonly name: string;
  readonly payload?: unknown;
  /** On whose behalf. Default: that of the message that is replied to. */
  readonly auth?: unknown;
}

/** What a handler answers: nothing, a reply, or several in their order. */
export type Answer = Reply | readonly Reply[] | undefined;

/**
 * Deals with a message. What it returns is the reply. When it throws, that delivery has failed and a waiting requester
 * gets HANDLER_FAILED; what it threw stays in the log.
 */
// biome-ignore lint/suspicious/noConfusingVoidType: a handler without a return statement is a handler
export type Handler = (message: Message, context: HandlerContext) => Answer | void | Promise<Answer | void>;

/** Handlers by the names under which service.yml lists what the role receives. */
export type Handlers = Readonly<Record<string, Handler>>;

/** The replies in what a handler returned. Throws a TypeError if it returned anything else. */
export function repliesOf(answer: unknown): readonly Reply[] {
  if (answer === undefined || answer === null) return [];
  const replies: readonly unknown[] = Array.isArray(answer) ? answer : [answer];
  for (const reply of replies) {
    if (typeof (reply as Partial<Reply> | null)?.name === "string") continue;
    throw new TypeError("What a handler returns is a reply {name, payload}, an array of them, or nothing.");
  }
  return replies as readonly Reply[];
}
