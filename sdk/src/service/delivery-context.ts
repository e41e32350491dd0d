import type { Clock, Incoming } from "@exosphere/link";
import type { Caller, RequestOptions, Sent } from "../client/caller.ts";
import type { Request, RequestMany, Send } from "../client/calls.ts";
import { type Log, logWith } from "../client/log.ts";
import type { Message } from "../client/message.ts";
import type { Origin, SendOptions } from "../client/outgoing-message.ts";
import type { RequestManyOptions } from "../client/request-many.ts";
import type { AnyMessages, RoleMessages } from "../messages.ts";
import type { RunningHandler } from "./overdue-handlers.ts";
import { ReplyPace } from "./reply-pace.ts";

/** What a handler can do beside answering with what it returns. All of it happens in the activity of its message. */
export interface HandlerContext<M extends RoleMessages = AnyMessages> {
  /**
   * Replies to the message. Where the sender takes many replies, this is one of them, and resolves once it is dealt with; else
   * further replies are ordinary messages to the same sender's role.
   */
  readonly reply: Send<M>;
  /** Sends a message. */
  readonly send: Send<M>;
  /** Sends a message and waits for the reply. The handler gives its place to another delivery meanwhile. */
  readonly request: Request<M>;
  /** Sends a message and gives its replies as they come. The handler gives its place to another delivery meanwhile. */
  readonly requestMany: RequestMany<M>;
  /**
   * Fires with a TimeoutError when the message's deadline passes, and with an AbortError when whoever asked for many replies
   * takes no more: nobody waits for the outcome any more.
   */
  readonly signal: AbortSignal;
  /** The log, whose lines name the message and its activity. */
  readonly log: Log;
  /** The conversation that the message belongs to: one external event and all that follows from it. */
  readonly activityId: string;
  /** On whose behalf the message was sent: any JSON, `null` if nobody's. Goes onto replies that have none of their own. */
  readonly auth: unknown;
  /** Which attempt to deliver the message this is: 1, 2, … */
  readonly attempt: number;
  /** W3C trace context of the sender, or empty. Goes onto what is sent. */
  readonly traceparent: string;
}

/** What a delivery's context needs from the process around it. */
export interface ContextHost {
  readonly caller: Caller;
  readonly clock: Clock;
  readonly log: Log;
}

/** One message in the hands of its handler. */
export class DeliveryContext implements HandlerContext {
  readonly auth: unknown;
  /** Its handler has worked past the deadline: the delivery is settled, and whatever comes of the handler changes nothing. */
  isGivenUp = false;
  /** Its handler, as long as that is at work, if it has not ended at once. */
  running: RunningHandler | undefined;
  readonly #host: ContextHost;
  readonly #incoming: Incoming;
  #deadline: AbortController | undefined;
  #callOff: (() => void) | undefined;
  #log: Log | undefined;
  #pace: ReplyPace | undefined;
  #isUnwanted = false;

  constructor(host: ContextHost, incoming: Incoming, message: Message) {
    this.#host = host;
    this.#incoming = incoming;
    this.auth = message.auth;
  }

  // Functions of their own, as handlers like to take a context apart; made when they are asked for, as a handler uses one of
  // them at the most.
  get reply() {
    return (name: string, payload?: unknown, options?: SendOptions): Promise<Sent> => {
      if (!this.#incoming.isMany) return this.#host.caller.send(name, payload, options, this.replyOrigin);
      return this.#host.caller.send(name, payload, options, this.partOrigin, () => this.pace.started());
    };
  }

  get send() {
    return (name: string, payload?: unknown, options?: SendOptions): Promise<Sent> =>
      this.#host.caller.send(name, payload, options, this.#origin);
  }

  get request() {
    return (name: string, payload?: unknown, options?: RequestOptions): Promise<Message> =>
      this.#host.caller.request(name, payload, options, this.#origin, this.#incoming);
  }

  get requestMany() {
    return (name: string, payload?: unknown, options?: RequestManyOptions) =>
      this.#host.caller.requestMany(name, payload, options, this.#origin, this.#incoming);
  }

  // Made when it is asked for: a controller and a timer cost more than all else that a delivery needs.
  get signal(): AbortSignal {
    if (!this.#deadline) {
      this.#deadline = new AbortController();
      this.#expire(this.#deadline);
      if (this.#isUnwanted) this.unwanted();
    }
    return this.#deadline.signal;
  }

  get log(): Log {
    const { name, id, activityId } = this.#incoming;
    this.#log ??= logWith(this.#host.log, { message: name, id, activityId });
    return this.#log;
  }

  get activityId(): string {
    return this.#incoming.activityId;
  }

  get attempt(): number {
    return this.#incoming.attempt;
  }

  get traceparent(): string {
    return this.#incoming.context.traceparent;
  }

  /** What a reply inherits. */
  get replyOrigin(): Origin {
    return this.#originOf(this.#incoming.id, this.#incoming.returnPath, this.#incoming.authBytes, false);
  }

  /** The same for one of many replies, after which others may come. */
  get partOrigin(): Origin {
    return this.#originOf(this.#incoming.id, this.#incoming.returnPath, this.#incoming.authBytes, true);
  }

  /** Fires at the deadline. Timers may be a moment early: who is told that it is over finds that it is. */
  #expire(deadline: AbortController): void {
    const leftMs = this.#incoming.dueMs - this.#host.clock.nowMs();
    if (leftMs > 0) this.#callOff = this.#host.clock.after(leftMs, () => this.#expire(deadline));
    else deadline.abort(new DOMException("The message's deadline has passed.", "TimeoutError"));
  }

  /** Whoever asked takes no more replies. */
  unwanted(): void {
    this.#isUnwanted = true;
    this.#pace?.end();
    this.#deadline?.abort(new DOMException("Whoever asked takes no more replies.", "AbortError"));
  }

  /** Whether the deadline of its message has passed. */
  get isOverdue(): boolean {
    return this.#host.clock.nowMs() >= this.#incoming.dueMs;
  }

  get isUnwanted(): boolean {
    return this.#isUnwanted;
  }

  /** The pace of its replies, where there may be many. */
  get pace(): ReplyPace {
    if (!this.#pace) {
      this.#pace = new ReplyPace();
      if (this.#isUnwanted) this.#pace.end();
    }
    return this.#pace;
  }

  /** The handler has ended: the deadline is of no interest any more. */
  end(): void {
    this.#callOff?.();
  }

  get #origin(): Origin {
    return this.#originOf("", undefined, undefined, false);
  }

  /** All of the same shape, as one is made for each reply and read in many places. */
  #originOf(responseTo: string, returnPath: Origin["returnPath"], auth: Origin["auth"], more: boolean): Origin {
    const { activityId, context } = this.#incoming;
    const { traceparent, tracestate } = context;
    return { activityId, traceparent, tracestate, responseTo, returnPath, auth, more };
  }
}
