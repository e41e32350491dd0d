import type { Caller, RequestOptions, Sent } from "../client/caller.ts";
import type { Message } from "../client/message.ts";
import type { Origin, SendOptions } from "../client/outgoing-message.ts";
import type { Incoming } from "../link/incoming.ts";

/** What a handler can do beside answering with what it returns. All of it happens in the activity of its message. */
export interface HandlerContext {
  /** Replies to the message. Further replies are ordinary messages to the same sender's role. */
  readonly reply: (name: string, payload?: unknown, options?: SendOptions) => Promise<Sent>;
  /** Sends a message. */
  readonly send: (name: string, payload?: unknown, options?: SendOptions) => Promise<Sent>;
  /** Sends a message and waits for the reply. The handler gives its place to another delivery meanwhile. */
  readonly request: (name: string, payload?: unknown, options?: RequestOptions) => Promise<Message>;
  /** Fires with a TimeoutError when the message's deadline passes: nobody waits for the outcome any more. */
  readonly signal: AbortSignal;
}

/** One message in the hands of its handler. */
export class DeliveryContext implements HandlerContext {
  readonly #caller: Caller;
  readonly #incoming: Incoming;
  #deadline: AbortController | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(caller: Caller, incoming: Incoming) {
    this.#caller = caller;
    this.#incoming = incoming;
  }

  // Functions of their own, as handlers like to take a context apart.
  readonly reply = (name: string, payload?: unknown, options?: SendOptions): Promise<Sent> =>
    this.#caller.send(name, payload, options, this.replyOrigin);

  readonly send = (name: string, payload?: unknown, options?: SendOptions): Promise<Sent> =>
    this.#caller.send(name, payload, options, this.#origin);

  readonly request = (name: string, payload?: unknown, options?: RequestOptions): Promise<Message> =>
    this.#caller.request(name, payload, options, this.#origin, this.#incoming.number);

  // Made when it is asked for: a controller and a timer cost more than all else that a delivery needs.
  get signal(): AbortSignal {
    if (!this.#deadline) {
      const deadline = new AbortController();
      const expired = () => deadline.abort(new DOMException("The message's deadline has passed.", "TimeoutError"));
      const leftMs = this.#incoming.dueMs - performance.now();
      this.#timer = setTimeout(expired, Math.min(Math.max(0, leftMs), 0x7fff_ffff));
      this.#deadline = deadline;
    }
    return this.#deadline.signal;
  }

  /** What a reply inherits. */
  get replyOrigin(): Origin {
    const { id, returnPath, envelope } = this.#incoming;
    return { ...this.#origin, responseTo: id, returnPath, auth: envelope.auth };
  }

  /** The handler has ended: the deadline is of no interest any more. */
  end(): void {
    clearTimeout(this.#timer);
  }

  get #origin(): Origin {
    const { activityId, envelope } = this.#incoming;
    return { activityId, traceparent: envelope.traceparent, tracestate: envelope.tracestate };
  }
}
