import type { Ending, Incoming, Link } from "@exosphere/link";
import { logMalformed } from "@exosphere/link";
import { ExoError } from "@exosphere/proto";
import type { OnError } from "../client/client-options.ts";
import { logWith } from "../client/log.ts";
import { type Message, messageOf } from "../client/message.ts";
import { type ContextHost, DeliveryContext } from "./delivery-context.ts";
import { endingOf } from "./endings.ts";
import { giveReplies, isStream, RefusedReply, type ReplyHost, streamReplies } from "./give-replies.ts";
import type { HandlerEntry, HandlerTable } from "./handler-table.ts";
import { HandlerWarnings } from "./handler-warnings.ts";
import { OverdueHandlers, type RunningHandler } from "./overdue-handlers.ts";

/** What dealing with deliveries needs from the process around it. */
export interface DeliveriesHost extends ContextHost {
  readonly link: Link;
  /** How many deliveries it takes at once. */
  readonly concurrency: number;
  readonly onError: OnError;
}

/** A delivery that its handler has not ended at once. */
interface Running extends RunningHandler {
  readonly entry: HandlerEntry;
  readonly incoming: Incoming;
  readonly context: DeliveryContext;
}

/**
 * Times the concurrency: so many handlers may have been given up at once. Each may hold whatever it waits for, such as a connection of a
 * database, so an instance whose handlers all hang must come to a halt.
 */
const maxGivenUpFactor = 10;

/** Gives each delivery to its handler, and settles it by how that ends. */
export class Deliveries {
  readonly handlers: HandlerTable;
  readonly #host: DeliveriesHost;
  readonly #replies: ReplyHost;
  readonly #malformed: ReturnType<typeof logMalformed>;
  readonly #overdue: OverdueHandlers<Running>;
  readonly #warnings: HandlerWarnings;
  #inFlight = 0;
  #givenUp = 0;
  #isTaking = false;
  readonly #onIdle: (() => void)[] = [];
  /** Deliveries of which their senders may say that they take no more replies, by number. */
  readonly #many = new Map<number, DeliveryContext>();

  constructor(host: DeliveriesHost, handlers: HandlerTable) {
    this.handlers = handlers;
    this.#host = host;
    this.#malformed = logMalformed(host.log);
    this.#overdue = new OverdueHandlers(host.clock, (running) => this.#giveUp(running));
    this.#warnings = new HandlerWarnings(host.log, host.clock);
    this.#replies = { link: host.link, caller: host.caller, report: (...what) => this.#report(...what) };
  }

  /** Handlers that are at work, and how many of them work past the deadline of their message. */
  get handling(): { readonly messages: number; readonly overdue: number } {
    return { messages: this.#inFlight, overdue: this.#givenUp };
  }

  /** Takes what comes from now on. */
  start(): void {
    this.#isTaking = true;
  }

  /** Takes no more, and resolves once all handlers have ended, or when the deadline fires. Undefined if none is at work. */
  drain(deadline: AbortSignal): Promise<void> | undefined {
    this.stop();
    if (this.#inFlight === 0 || deadline.aborted) return undefined;
    return new Promise<void>((resolve) => {
      this.#onIdle.push(resolve);
      deadline.addEventListener("abort", () => resolve(), { once: true });
    });
  }

  /** Takes no more. What waits for its handler goes back. */
  stop(): void {
    this.#isTaking = false;
    this.#overdue.stop();
    for (const { incoming } of this.handlers.takeWaiting()) this.#settle(incoming, "returned");
  }

  /** Takes one in. */
  take(incoming: Incoming): void {
    // As if it had never been delivered: there will be no more of it.
    if (!this.#isTaking) return this.#settle(incoming, "returned");
    const entry = this.handlers.get(incoming.name);
    if (!entry) {
      const detail = `This process has no handler for '${incoming.name}'.`;
      this.#warnings.withoutHandler(incoming, detail);
      return this.#settle(incoming, "dead", detail);
    }
    const message = this.#read(incoming);
    if (!message) return;
    if (entry.isFull) entry.waiting.push({ incoming, message });
    else this.#handle(entry, incoming, message);
  }

  /** Whoever sent a delivery takes no more replies. */
  unwanted(number: number): void {
    const context = this.#many.get(number);
    if (context) return context.unwanted();
    const waiting = this.handlers.takeWaiting(({ incoming }) => incoming.number === number);
    for (const { incoming } of waiting) this.#settle(incoming, "answered");
  }

  #read(incoming: Incoming): Message | undefined {
    try {
      return messageOf(incoming);
    } catch (malformed) {
      const { detail } = ExoError.from(malformed);
      this.#settle(incoming, "dead", detail);
      this.#malformed(incoming, detail);
      return undefined;
    }
  }

  #handle(entry: HandlerEntry, incoming: Incoming, message: Message): void {
    const context = new DeliveryContext(this.#host, incoming, message);
    if (incoming.isMany) this.#many.set(incoming.number, context);
    this.#inFlight += 1;
    entry.active += 1;
    let answer: unknown;
    try {
      answer = entry.handle(message, context);
      // What is no promise, though it has a `then`, as a query of a database, may throw there or tell more than once.
      if (isThenable(answer)) answer = Promise.resolve(answer);
    } catch (error) {
      return this.#failed(entry, incoming, context, error);
    }
    if (!(answer instanceof Promise) && !isStream(answer)) return this.#returned(entry, incoming, context, answer);
    const running = { entry, incoming, context, dueMs: incoming.dueMs };
    this.#overdue.add(running);
    context.running = running;
    if (!(answer instanceof Promise)) return this.#returned(entry, incoming, context, answer);
    answer.then(
      (settled) => this.#returned(entry, incoming, context, settled),
      (error) => this.#failed(entry, incoming, context, error),
    );
  }

  /** A handler works past the deadline of its message. Its place goes to another, or an instance would be lost to a few that hang. */
  #giveUp({ entry, incoming, context }: Running): void {
    if (this.#givenUp >= this.#host.concurrency * maxGivenUpFactor)
      return this.#warnings.overdue(incoming, this.#givenUp, false);
    context.isGivenUp = true;
    this.#givenUp += 1;
    this.#host.link.settle(incoming, {
      outcome: "failed",
      retryAfterMs: 0,
      detail: `The handler of '${incoming.name}' did not end before the deadline of its message.`,
    });
    this.#warnings.overdue(incoming, this.#givenUp, true);
    this.#free(entry);
  }

  #returned(entry: HandlerEntry, incoming: Incoming, context: DeliveryContext, answer: unknown): void {
    if (!incoming.isMany && !isStream(answer)) {
      this.#endContext(incoming, context);
      this.#answer(incoming, context, answer);
      return this.#ended(entry, context);
    }
    streamReplies(this.#replies, incoming, context, answer).then(
      (outcome) => {
        this.#endContext(incoming, context);
        if (!context.isGivenUp) this.#settle(incoming, outcome);
        this.#ended(entry, context);
      },
      (error) => this.#failed(entry, incoming, context, error),
    );
  }

  #failed(entry: HandlerEntry, incoming: Incoming, context: DeliveryContext, error: unknown): void {
    const end = () => {
      this.#endContext(incoming, context);
      this.#threw(incoming, context, error);
      this.#ended(entry, context);
    };
    // What it had said before comes first.
    if (incoming.isMany) context.pace.settled().then(end);
    else end();
  }

  #endContext(incoming: Incoming, context: DeliveryContext): void {
    if (context.running) this.#overdue.delete(context.running as Running);
    context.end();
    if (incoming.isMany) this.#many.delete(incoming.number);
  }

  #ended(entry: HandlerEntry, context: DeliveryContext): void {
    this.#inFlight -= 1;
    if (context.isGivenUp) this.#givenUp -= 1;
    else this.#free(entry);
    if (this.#inFlight === 0 && this.#onIdle.length > 0) for (const idle of this.#onIdle.splice(0)) idle();
  }

  #free(entry: HandlerEntry): void {
    entry.active -= 1;
    // Not within one another: handlers that return at once would pile up on the stack.
    if (entry.waiting.length > 0 && !entry.isPassingOn) this.#passOn(entry);
  }

  #passOn(entry: HandlerEntry): void {
    entry.isPassingOn = true;
    while (!entry.isFull) {
      const next = entry.waiting.shift();
      if (!next) break;
      this.#handle(entry, next.incoming, next.message);
    }
    entry.isPassingOn = false;
  }

  #answer(incoming: Incoming, context: DeliveryContext, answer: unknown): void {
    try {
      giveReplies(this.#replies, incoming, context, answer);
    } catch (error) {
      return this.#threw(incoming, context, error);
    }
    if (!context.isGivenUp) this.#host.link.done(incoming);
  }

  /** The text of what was thrown is for the log alone: it may tell of the inside. */
  #threw(incoming: Incoming, context: DeliveryContext, thrown: unknown): void {
    if (context.isGivenUp)
      return this.#report(incoming, thrown, `The handler of '${incoming.name}' failed after its deadline.`);
    const ending = endingOf(thrown);
    if (ending) return this.#settle(incoming, ending.outcome, ending.detail, ending.retryAfterMs);
    // What it ran into is that nobody wants it any more.
    if (context.isUnwanted) return this.#settle(incoming, "answered");
    const isRefused = thrown instanceof RefusedReply;
    const text = isRefused ? thrown.message : `The handler of '${incoming.name}' failed.`;
    this.#settle(incoming, "failed", `${text} The log of the service says more.`);
    this.#report(incoming, isRefused ? thrown.cause : thrown, text);
  }

  #report(incoming: Incoming, err: unknown, text: string): void {
    const { name, id, activityId } = incoming;
    try {
      logWith(this.#host.log, { messageName: name, id, activityId }).error({ err }, text);
      this.#host.onError(err, { name, id, activityId });
    } catch (error) {
      // What is wrong with the log must not be the delivery's. It ends the process, as any error that nobody catches.
      queueMicrotask(() => {
        throw error;
      });
    }
  }

  #settle(incoming: Incoming, outcome: Ending, detail = "", retryAfterMs = 0): void {
    if (outcome === "done") this.#host.link.done(incoming);
    else this.#host.link.settle(incoming, { outcome, retryAfterMs, detail });
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as Partial<PromiseLike<unknown>> | null | undefined)?.then === "function";
}
