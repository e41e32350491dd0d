import { ExoError } from "@exosphere/proto";
import type { OnError } from "../client/client-options.ts";
import { logWith } from "../client/log.ts";
import { messageOf } from "../client/message.ts";
import type { Incoming } from "../link/incoming.ts";
import { type Link, outcomes } from "../link/link.ts";
import { type ContextHost, DeliveryContext } from "./delivery-context.ts";
import { endingOf } from "./endings.ts";
import { type HandlerEntry, HandlerTable, type Received } from "./handler-table.ts";
import { repliesOf } from "./handlers.ts";

/** What dealing with deliveries needs from the process around it. */
export interface DeliveriesHost extends ContextHost {
  readonly link: Link;
  readonly onError: OnError;
}

/** Gives each delivery to its handler, and settles it by how that ends. */
export class Deliveries {
  readonly handlers = new HandlerTable();
  readonly #host: DeliveriesHost;
  #inFlight = 0;
  #isTaking = false;
  readonly #onIdle: (() => void)[] = [];

  constructor(host: DeliveriesHost) {
    this.#host = host;
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
    for (const name of this.handlers.names) {
      for (const { incoming } of this.handlers.get(name)?.waiting.splice(0) ?? []) this.#settle(incoming, "returned");
    }
  }

  /** Takes one in. */
  take(incoming: Incoming): void {
    // As if it had never been delivered: there will be no more of it.
    if (!this.#isTaking) return this.#settle(incoming, "returned");
    const entry = this.handlers.get(incoming.name);
    if (!entry) return this.#settle(incoming, "dead", `This process has no handler for '${incoming.name}'.`);
    const received = this.#read(incoming);
    if (!received) return;
    if (entry.isFull) entry.waiting.push(received);
    else this.#handle(entry, received);
  }

  #read(incoming: Incoming): Received | undefined {
    try {
      return { incoming, message: messageOf(incoming) };
    } catch (malformed) {
      this.#settle(incoming, "dead", ExoError.from(malformed).detail);
      return undefined;
    }
  }

  #handle(entry: HandlerEntry, { incoming, message }: Received): void {
    const context = new DeliveryContext(this.#host, incoming, message);
    const ended = (settle: () => void) => {
      context.end();
      settle();
      this.#ended(entry);
    };
    const returned = (answer: unknown) => ended(() => this.#answer(incoming, context, answer));
    const failed = (error: unknown) => ended(() => this.#threw(incoming, error));
    this.#inFlight += 1;
    entry.active += 1;
    let answer: unknown;
    try {
      answer = entry.handle(message, context);
    } catch (error) {
      return failed(error);
    }
    if (isThenable(answer)) answer.then(returned, failed);
    else returned(answer);
  }

  #ended(entry: HandlerEntry): void {
    this.#inFlight -= 1;
    entry.active -= 1;
    // Not within one another: handlers that return at once would pile up on the stack.
    if (!entry.isPassingOn) this.#passOn(entry);
    if (this.#inFlight === 0) for (const idle of this.#onIdle.splice(0)) idle();
  }

  #passOn(entry: HandlerEntry): void {
    entry.isPassingOn = true;
    while (!entry.isFull) {
      const next = entry.waiting.shift();
      if (!next) break;
      this.#handle(entry, next);
    }
    entry.isPassingOn = false;
  }

  #answer(incoming: Incoming, context: DeliveryContext, answer: unknown): void {
    try {
      for (const { name, payload, auth } of repliesOf(answer)) {
        const refused = this.#reply(incoming, context, name, payload, auth);
        // Whoever waits for the reply hears of it now, not at the deadline.
        if (refused && incoming.returnPath) return this.#fail(incoming, refused, `The reply '${name}' was refused.`);
      }
    } catch (error) {
      return this.#fail(incoming, error, "The handler answered what is no reply.");
    }
    this.#host.link.done(incoming);
  }

  /** Sends a reply. Returns why it was refused, if that is known at once. */
  #reply(incoming: Incoming, context: DeliveryContext, name: string, payload: unknown, auth: unknown) {
    let isHere = true;
    let refused: Error | undefined;
    const { caller, link } = this.#host;
    link.send(caller.compose(name, payload, { auth }, context.replyOrigin), (error) => {
      if (isHere) refused = error;
      else if (error) this.#report(incoming, error, `The reply '${name}' was refused.`);
    });
    isHere = false;
    return refused;
  }

  #threw(incoming: Incoming, thrown: unknown): void {
    const ending = endingOf(thrown);
    if (!ending) return this.#fail(incoming, thrown, `The handler of '${incoming.name}' failed.`);
    this.#settle(incoming, ending.outcome, ending.detail, ending.retryAfterMs);
  }

  /** The text of what was thrown is for the log alone: it may tell of the inside. */
  #fail(incoming: Incoming, error: unknown, detail: string): void {
    this.#settle(incoming, "failed", `${detail} The log of the service says more.`);
    this.#report(incoming, error, detail);
  }

  #report(incoming: Incoming, err: unknown, text: string): void {
    const { name, id, activityId } = incoming;
    try {
      logWith(this.#host.log, { message: name, id, activityId }).error({ err }, text);
      this.#host.onError(err, { name, id, activityId });
    } catch (error) {
      // What is wrong with the log must not be the delivery's. It ends the process, as any error that nobody catches.
      queueMicrotask(() => {
        throw error;
      });
    }
  }

  #settle(incoming: Incoming, outcome: keyof typeof outcomes, detail = "", retryAfterMs = 0): void {
    this.#host.link.settle(incoming, { outcome: outcomes[outcome], retryAfterMs, detail });
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as Partial<PromiseLike<unknown>> | null | undefined)?.then === "function";
}
