import type { Clock, Incoming, Link, Outgoing } from "@exosphere/link";
import { ExoError } from "@exosphere/proto";
import type { AnyMessages, ReceivedMessage, RoleMessages } from "../messages.ts";
import { failedCall } from "./failed-call.ts";
import { type Message, messageOf } from "./message.ts";
import { maxDeadlineMs, type SendOptions } from "./outgoing-message.ts";

/** What can be said of a request with many replies. Whatever comes first ends it. `deadlineMs` defaults to 10 s. */
export interface RequestManyOptions<M extends RoleMessages = AnyMessages> extends SendOptions {
  /** Ends the iteration, in order, after so many replies. Default: takes all. */
  readonly max?: number | undefined;
  /** Ends the iteration, in order, with the first reply for which it returns true. That one is still given. */
  readonly until?: ((reply: ReceivedMessage<M>) => boolean) | undefined;
  /** Ends the iteration, in order, after so many milliseconds: for gathering what comes. Default: the deadline ends it, with an error. */
  readonly withinMs?: number | undefined;
}

/** The same, whatever messages there are. */
export interface AnyRequestManyOptions extends Omit<RequestManyOptions, "until"> {
  readonly until?: unknown;
}

/** How much later than a time in which replies are gathered their request fails, in milliseconds: as much as the link's margin. */
const gatheringMarginMs = 100;

/** Throws a TypeError if the options could end nothing. */
export function checkRequestMany({ max, until, withinMs, signal }: AnyRequestManyOptions): void {
  if (max !== undefined && !(Number.isInteger(max) && max > 0))
    throw new TypeError(`'max' must be a whole number from 1, but is ${max}.`);
  if (until !== undefined && typeof until !== "function") throw new TypeError("'until' must be a function.");
  if (withinMs !== undefined && !(withinMs > 0)) throw new TypeError(`'withinMs' must be above 0, but is ${withinMs}.`);
  if (signal !== undefined && !(signal instanceof AbortSignal)) throw new TypeError("'signal' must be an AbortSignal.");
}

/** The deadline of a request with many replies that says none itself. */
export function deadlineOfMany({ deadlineMs, withinMs }: AnyRequestManyOptions, defaultMs: number): number {
  if (deadlineMs !== undefined || withinMs === undefined) return deadlineMs ?? defaultMs;
  return Math.min(maxDeadlineMs, Math.ceil(withinMs) + gatheringMarginMs);
}

/** What came for a request and was not taken yet. */
class ReplyQueue {
  readonly #link: Link;
  readonly #replies: Incoming[] = [];
  readonly #number: number;
  readonly #message: Outgoing;
  #isOpen = true;
  #error: unknown;
  #wake: (() => void) | undefined;

  constructor(link: Link, message: Outgoing) {
    this.#link = link;
    this.#message = message;
    this.#number = link.request(message, (error, reply) => this.#answered(error, reply), true);
  }

  /** The next reply, or undefined after the last. Rejects with why there are no more once all that came are taken. */
  async next(): Promise<Incoming | undefined> {
    while (this.#replies.length === 0 && this.#isOpen)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    const next = this.#replies.shift();
    if (!next && this.#error !== undefined) throw failedCall(this.#error, this.#message);
    return next;
  }

  /** It is dealt with: its receiver may send another. One that is the last is settled already. */
  settle(reply: Incoming): void {
    if (reply.isMore) this.#link.done(reply);
  }

  /** Takes no more. What is there can still be taken, unless it ends with an error. */
  end(error?: unknown): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#link.abandon(this.#number);
    if (error !== undefined) this.#drop();
    this.#error = error;
    this.#wake?.();
  }

  /** Nobody takes any more of it. */
  close(): void {
    this.end();
    this.#drop();
  }

  #drop(): void {
    const returned = { outcome: "returned" as const, retryAfterMs: 0, detail: "" };
    for (const reply of this.#replies.splice(0)) if (reply.isMore) this.#link.settle(reply, returned);
  }

  #answered(error: Error | undefined, reply: Incoming | undefined): void {
    if (reply) this.#replies.push(reply);
    else if (error) this.#error = ExoError.from(error);
    if (!reply?.isMore) this.#isOpen = false;
    this.#wake?.();
  }
}

/** Sends a request and gives its replies as they come. Ends it when its iteration ends, however it does. */
export async function* requestMany(
  link: Link,
  clock: Clock,
  message: Outgoing,
  { max = Number.POSITIVE_INFINITY, until, withinMs, signal }: AnyRequestManyOptions,
): AsyncGenerator<Message, void, undefined> {
  signal?.throwIfAborted();
  const queue = new ReplyQueue(link, message);
  const aborted = () => queue.end(signal?.reason);
  signal?.addEventListener("abort", aborted, { once: true });
  const callOff = withinMs === undefined ? undefined : clock.after(withinMs, () => queue.end());
  let incoming: Incoming | undefined;
  try {
    for (let count = 1; ; count += 1) {
      incoming = await queue.next();
      if (!incoming) return;
      const reply = messageOf(incoming);
      const isLast = count >= max || (until as RequestManyOptions["until"])?.(reply) === true;
      yield reply;
      if (isLast) return;
      queue.settle(incoming);
      incoming = undefined;
    }
  } finally {
    callOff?.();
    signal?.removeEventListener("abort", aborted);
    // Whoever leaves the loop in its midst has had this one.
    if (incoming) queue.settle(incoming);
    queue.close();
  }
}
