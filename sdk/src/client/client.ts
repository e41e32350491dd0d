import type { Link } from "@exosphere/link";
import { logMalformed, systemClock } from "@exosphere/link";
import type { AnyMessages, ReceivedMessage, ReceivedName, RoleMessages } from "../messages.ts";
import { Deliveries } from "../service/deliveries.ts";
import { HandlerTable } from "../service/handler-table.ts";
import type { Handler } from "../service/handlers.ts";
import { Attachment, type Status } from "./attachment.ts";
import { Caller, type RequestOptions } from "./caller.ts";
import type { Request, RequestMany, Send } from "./calls.ts";
import { type ClientConfig, type ClientOptions, clientConfig } from "./client-options.ts";
import type { SendOptions } from "./outgoing-message.ts";
import type { AnyRequestManyOptions, RequestManyOptions } from "./request-many.ts";
import { statusLog } from "./status-log.ts";

/** Takes part in the bus from code that is no service: a web server, a script. */
export class Client<M extends RoleMessages = AnyMessages> {
  /** The role that it plays. */
  readonly role: string;
  /** Sends a message. Resolves once the bus has accepted it, which means that at least one receiver's copy waits or was
   * delivered. Rejects with an ExoError (NOT_ALLOWED, NO_RECEIVERS, PAYLOAD_TOO_LARGE, QUEUE_FULL, BROKER_UNAVAILABLE, …), or
   * with the signal's reason. */
  readonly send: Send<M>;
  /** Sends a message and resolves with the reply. Rejects as `send` does, and with NO_INSTANCE, HANDLER_FAILED or
   * DEADLINE_EXCEEDED. The signal abandons the request and rejects with its reason. */
  readonly request: Request<M>;
  /** Sends a message and gives its replies as they come. See RequestMany. */
  readonly requestMany: RequestMany<M>;
  readonly #config: ClientConfig;
  readonly #attachment: Attachment;
  /** Where its messages go. */
  protected readonly deliveries: Deliveries;
  /** Messages whose handlers it has warned of. */
  readonly #warned = new Set<string>();
  #hasBegun = false;
  #drained: Promise<void> | undefined;
  /** Fires with the first deadline of those that callers of `drain` gave. */
  readonly #leaveBy = new AbortController();

  /** See `connect`. */
  constructor(config: ClientConfig, handlers: HandlerTable = new HandlerTable()) {
    this.#config = config;
    this.role = config.role;
    const { log, onError } = config;
    this.#attachment = new Attachment(config.link, {
      delivery: (incoming) => this.deliveries.take(incoming),
      unwanted: (number) => this.deliveries.unwanted(number),
      malformed: logMalformed(log),
    });
    this.#attachment.onStatus(statusLog(log));
    this.#attachment.onStatus(({ kind }) => {
      if (kind === "routes") this.#warnOfUnheard();
    });
    const clock = config.link.clock ?? systemClock;
    const caller = new Caller(this.#link, config.maxPayloadBytes, clock);
    this.send = (name: string, payload?: unknown, options?: SendOptions) => caller.send(name, payload, options);
    this.request = (name: string, payload?: unknown, options?: RequestOptions) =>
      caller.request(name, payload, options) as Promise<ReceivedMessage<M>>;
    this.requestMany = (name: string, payload?: unknown, options?: RequestManyOptions<M>) =>
      caller.requestMany(name, payload, options as AnyRequestManyOptions) as AsyncGenerator<ReceivedMessage<M>, void>;
    this.deliveries = new Deliveries(
      { link: this.#link, caller, clock, log, onError, concurrency: config.concurrency },
      handlers,
    );
  }

  /** Whether the bus has taken this instance in. Messages that are sent meanwhile wait. */
  get isAttached(): boolean {
    return this.#link.isAttached;
  }

  /** What waits for the bus: messages that it has not confirmed, their bytes, and requests without their replies. */
  get pending(): { readonly messages: number; readonly bytes: number; readonly requests: number } {
    return this.#link.pending;
  }

  /**
   * Handlers that are at work, and how many of them work past the deadline of their message. Those were warned of in the log, and their
   * places were given to others: handlers that hang add up here.
   */
  get handling(): { readonly messages: number; readonly overdue: number } {
    return this.deliveries.handling;
  }

  /**
   * Resolves once the bus has taken this instance in. Rejects with NOT_ALLOWED, UNAUTHENTICATED or INVALID_MESSAGE if it
   * does not, with DRAINING if it was closed meanwhile, with the signal's reason if that fires first. Nobody needs to wait
   * for it: messages wait for the bus by themselves.
   */
  ready(signal?: AbortSignal): Promise<void> {
    return this.#attachment.ready(signal);
  }

  /**
   * Gives the messages of a name to a handler, from now on. Returns what takes it away again: further ones are dead then, so
   * drain first where that matters. With `concurrency` it deals with no more of them at once. Throws a TypeError if the message
   * has a handler already.
   */
  handle<N extends ReceivedName<M>>(
    name: N,
    handler: Handler<M, N>,
    { concurrency }: { readonly concurrency?: number | undefined } = {},
  ): () => void {
    const { handlers } = this.deliveries;
    const entry = handlers.add(name, handler, concurrency);
    this.take();
    this.#warnOfUnheard();
    return () => handlers.remove(name, entry);
  }

  /** Tells a listener whether the bus has this instance, at once, and then all that happens. Returns what ends that. */
  onStatus(listener: (status: Status) => void): () => void {
    return this.#attachment.onStatus(listener);
  }

  /**
   * Takes no more messages, lets the handlers finish, waits for what is under way and leaves; by force when `deadline` fires,
   * default after `graceMs`. Called again, it resolves with the first call, and whichever deadline fires first counts.
   */
  drain(deadline: AbortSignal = AbortSignal.timeout(this.#config.graceMs)): Promise<void> {
    if (!(deadline instanceof AbortSignal))
      return Promise.reject(
        new TypeError("drain() takes an AbortSignal or nothing, such as AbortSignal.timeout(5000)."),
      );
    const late = () => this.#leaveBy.abort(deadline.reason);
    if (deadline.aborted) late();
    else deadline.addEventListener("abort", late, { once: true });
    this.#drained ??= this.#drain(this.#leaveBy.signal);
    return this.#drained;
  }

  /** Leaves at once. What waits rejects with DRAINING, and what is being handled counts as failed. */
  close(): void {
    this.deliveries.stop();
    this.#link.close();
  }

  /** Takes deliveries from now on. */
  protected take(): void {
    if (this.#drained || this.#hasBegun) return;
    this.#hasBegun = true;
    this.deliveries.start();
    this.#link.setWindow(this.#config.concurrency);
  }

  /** What is done when the handlers have ended, before it leaves the bus, if anything is. */
  protected beforeLeaving(): Promise<void> | undefined {
    return undefined;
  }

  /** A handler whose message never comes is a typing mistake, here or in service.yml. */
  #warnOfUnheard(): void {
    const { names } = this.#link;
    for (const name of this.deliveries.handlers.names) {
      if (!names || names.isReceived(name) || this.#warned.has(name)) continue;
      this.#warned.add(name);
      const text = `Role '${this.role}' does not receive '${name}', so its handler gets nothing. Add it to the receives of its service.yml.`;
      this.#config.log.warn({ messageName: name }, text);
    }
  }

  #drain(deadline: AbortSignal): Promise<void> {
    this.#link.setWindow(0);
    const handled = this.deliveries.drain(deadline);
    const prepared = handled ? handled.then(() => this.beforeLeaving()) : this.beforeLeaving();
    // From here on nothing new is sent. At once where nobody is left who could still have to say something.
    if (!prepared) return this.#link.drain(deadline);
    return Promise.race([prepared, fired(deadline)]).finally(() => this.#link.drain(deadline));
  }

  get #link(): Link {
    return this.#attachment.link;
  }
}

/** Resolves when a signal fires; never if it has before: who leaves at once, as a test bus does, still hears what `afterAll` throws. */
function fired(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}

/**
 * Takes part in the bus: through the sidecar's socket, or straight at a broker. Returns at once; the connection is made,
 * and made again whenever it breaks, in the background. Throws a TypeError if the options are wrong, or if nothing says
 * which role to play.
 */
export function connect<M extends RoleMessages = AnyMessages>(options: ClientOptions = {}): Client<M> {
  return new Client<M>(clientConfig(options, process.env));
}
