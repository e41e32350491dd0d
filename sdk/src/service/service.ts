import { ExoError } from "@exosphere/proto";
import { Attachment, defaultGrace } from "../client/attachment.ts";
import { Caller, type RequestOptions, type Sent } from "../client/caller.ts";
import { type ClientConfig, type ClientOptions, clientConfig } from "../client/client-options.ts";
import { type Message, messageOf } from "../client/message.ts";
import type { SendOptions } from "../client/outgoing-message.ts";
import type { Incoming } from "../link/incoming.ts";
import { type Link, outcomes } from "../link/link.ts";
import { DeliveryContext } from "./delivery-context.ts";
import { type Handler, type Handlers, repliesOf } from "./handlers.ts";

/** Is told what a handler threw, and which replies the bus refused: the log of the service. */
export type OnError = (error: unknown, message: Pick<Message, "name" | "id" | "activityId">) => void;

/** How a service runs. */
export interface ServiceOptions extends Omit<ClientOptions, "role"> {
  /** Deliveries that are handled at once; the rest waits at the broker. Default 64. */
  readonly concurrency?: number;
  /** Whether SIGTERM and SIGINT drain the service, so that its process can end. Default true. */
  readonly signals?: boolean;
  /** Default: writes to the console. */
  readonly onError?: OnError;
}

/** A role that is played: its messages go to its handlers. */
export class Service {
  readonly #attachment: Attachment;
  readonly #caller: Caller;
  readonly #handlers: ReadonlyMap<string, Handler>;
  readonly #onError: OnError;
  #inFlight = 0;
  #isDraining = false;
  #onIdle: (() => void) | undefined;
  #drained: Promise<void> | undefined;
  readonly #onSignal = () => void this.drain();

  /** See `service`. */
  constructor(config: ClientConfig, handlers: Handlers, onError: OnError) {
    this.#handlers = new Map(Object.entries(handlers));
    this.#onError = onError;
    this.#attachment = new Attachment(config, (incoming) => this.#deliver(incoming));
    this.#caller = new Caller(this.#attachment.link, config.maxPayloadBytes);
  }

  /** See `Client.ready`. */
  ready(signal?: AbortSignal): Promise<void> {
    return this.#attachment.ready(signal);
  }

  /** Sends a message outside of any handler. See `Client.send`. */
  send(name: string, payload?: unknown, options?: SendOptions): Promise<Sent> {
    return this.#caller.send(name, payload, options);
  }

  /** Sends a message outside of any handler and waits for the reply. See `Client.request`. */
  request(name: string, payload?: unknown, options?: RequestOptions): Promise<Message> {
    return this.#caller.request(name, payload, options);
  }

  /**
   * Takes no more messages, lets the handlers finish, sends what they still say and leaves; by force when `deadline` fires,
   * default after 10 s.
   */
  drain(deadline: AbortSignal = defaultGrace()): Promise<void> {
    this.#drained ??= this.#drain(deadline);
    return this.#drained;
  }

  /** Leaves at once. What is being handled counts as failed. */
  close(): void {
    this.#isDraining = true;
    this.#ignoreSignals();
    this.#link.close();
  }

  /** Drains when the process is told to end. A second signal ends it as if nobody listened. */
  drainOnSignals(): void {
    for (const signal of endSignals) process.once(signal, this.#onSignal);
  }

  #ignoreSignals(): void {
    for (const signal of endSignals) process.off(signal, this.#onSignal);
  }

  async #drain(deadline: AbortSignal): Promise<void> {
    this.#isDraining = true;
    this.#link.setWindow(0);
    if (this.#inFlight > 0 && !deadline.aborted) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
        deadline.addEventListener("abort", () => resolve(), { once: true });
      });
    }
    await this.#attachment.drain(deadline);
    this.#ignoreSignals();
  }

  get #link(): Link {
    return this.#attachment.link;
  }

  #deliver(incoming: Incoming): void {
    if (this.#isDraining) return this.#settle(incoming, "returned", "");
    const handler = this.#handlers.get(incoming.name);
    if (!handler) return this.#settle(incoming, "dead", `This service does not know the message '${incoming.name}'.`);
    let message: Message;
    try {
      message = messageOf(incoming);
    } catch (malformed) {
      return this.#settle(incoming, "dead", ExoError.from(malformed).detail);
    }
    this.#handle(handler, message, incoming);
  }

  #handle(handler: Handler, message: Message, incoming: Incoming): void {
    const context = new DeliveryContext(this.#caller, incoming);
    const returned = (answer: unknown) => this.#ended(context, () => this.#answer(incoming, context, answer));
    const failed = (error: unknown) => this.#ended(context, () => this.#fail(incoming, error));
    this.#inFlight += 1;
    try {
      const answer = handler(message, context);
      if (isThenable(answer)) answer.then(returned, failed);
      else returned(answer);
    } catch (error) {
      failed(error);
    }
  }

  #ended(context: DeliveryContext, settle: () => void): void {
    context.end();
    settle();
    this.#inFlight -= 1;
    if (this.#inFlight === 0) this.#onIdle?.();
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
    this.#link.done(incoming);
  }

  /** Sends a reply. Returns why it was refused, if that is known at once. */
  #reply(incoming: Incoming, context: DeliveryContext, name: string, payload: unknown, auth: unknown) {
    let isHere = true;
    let refused: Error | undefined;
    const message = this.#caller.compose(name, payload, { auth }, context.replyOrigin);
    this.#link.send(message, (error) => {
      if (isHere) refused = error;
      else if (error) this.#onError(error, incoming);
    });
    isHere = false;
    return refused;
  }

  /** The text of what was thrown is for the log alone: it may tell of the inside. */
  #fail(incoming: Incoming, error: unknown, detail = `The handler of '${incoming.name}' failed.`): void {
    this.#onError(error, incoming);
    this.#settle(incoming, "failed", `${detail} The log of the service says more.`);
  }

  #settle(incoming: Incoming, outcome: keyof typeof outcomes, detail: string): void {
    this.#link.settle(incoming, { outcome: outcomes[outcome], retryAfterMs: 0, detail });
  }
}

/** By which a process is told to end. */
const endSignals = ["SIGTERM", "SIGINT"] as const;

/** As many as a single-threaded service with some I/O keeps busy with, as for a sidecar's app. */
const defaultConcurrency = 64;

/**
 * Plays a role: gives its messages to the handlers of their names, and settles each by how its handler ends. Returns at
 * once; the connection is made, and made again whenever it breaks, in the background. See ServiceOptions for what can be
 * said beside.
 */
export function service(role: string, handlers: Handlers, options: ServiceOptions = {}): Service {
  const { concurrency = defaultConcurrency, signals = true, onError = logError, ...rest } = options;
  const config = { ...clientConfig({ ...rest, role }, process.env), window: concurrency };
  const playing = new Service(config, handlers, onError);
  if (signals) playing.drainOnSignals();
  return playing;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as Partial<PromiseLike<unknown>> | null | undefined)?.then === "function";
}

function logError(error: unknown, { name, activityId }: Pick<Message, "name" | "activityId">): void {
  console.error(`'${name}' in activity ${activityId}:`, error);
}
