import { longestTimerMs } from "@exosphere/link";
import type { RequestOptions, Sent } from "../client/caller.ts";
import type { Client } from "../client/client.ts";
import type { Message } from "../client/message.ts";
import type { SendOptions } from "../client/outgoing-message.ts";
import type { RequestManyOptions } from "../client/request-many.ts";
import type {
  AnyMessages,
  ReceivedMessage,
  ReceivedName,
  ReceivedPayload,
  RoleMessages,
  Said,
  SentName,
  SentPayload,
} from "../messages.ts";
import { DeadMessage } from "../service/endings.ts";
import type { Answer, Handler, Reply } from "../service/handlers.ts";
import { CallSite } from "./call-site.ts";
import { Inbox, type WaitOptions } from "./inbox.ts";
import { machineTimers } from "./machine-timers.ts";
import { type MockOptions, Mocks } from "./mocks.ts";

/** What can be said of a message of a played role. */
export interface PlayedSendOptions extends SendOptions {
  /** How long the test waits, in milliseconds of the machine's time. Default: the bus's `withinMs`. */
  readonly withinMs?: number | undefined;
}

/** What a played role needs of the bus around it. */
export interface RoleHost {
  readonly withinMs: number;
  after(delayMs: number, run: () => void): () => void;
  /** The names that the role receives. */
  receives(): readonly string[];
  /** A way to answer a message was said, or taken back. */
  mocksChanged(): void;
  /** The test knows of a message. */
  expect(message: Pick<Message, "id" | "activityId">): void;
  /** The error of a call, with what the handler threw that has failed. */
  explained(error: unknown): unknown;
  /** What is known for a message that did not come; begins with a line feed, or is empty. */
  findings(name?: string): string;
}

/** The messages of whoever talks to a role: what that one sends it receives, and the other way round. */
export interface Counterpart<M extends RoleMessages> {
  receives: M["sends"];
  sends: M["receives"];
}

/** A role that the test plays: it sends for it, waits for what comes to it, and answers in its place. */
export class PlayedRole<M extends RoleMessages = AnyMessages> {
  readonly name: string;
  readonly #client: Client;
  readonly #host: RoleHost;
  readonly #inbox: Inbox;
  readonly #mocks: Mocks;
  readonly #ignored = new Set<string>();

  /** See `TestBus.role`. */
  constructor(client: Client, host: RoleHost) {
    this.name = client.role;
    this.#client = client;
    this.#host = host;
    this.#inbox = new Inbox(client.role);
    this.#mocks = new Mocks((delayMs, run) => host.after(delayMs, run));
    for (const name of host.receives()) client.handle(name, (message, context) => this.#take(message, context));
  }

  /** All that has come, oldest first. To look at it takes note of nothing: see `list`. */
  get messages(): readonly ReceivedMessage<M>[] {
    return this.#inbox.messages as readonly ReceivedMessage<M>[];
  }

  /** The names that it answers, or was told not to. */
  get answered(): ReadonlySet<string> {
    return this.#mocks.names;
  }

  /** Sends a message, as `Client.send`. Resolves once the bus has accepted it. */
  send<N extends SentName<M>>(name: N, ...said: Said<SentPayload<M, N>, PlayedSendOptions>): Promise<Sent> {
    const [payload, options = {}] = said;
    const site = new CallSite(this.send);
    return this.#within(options, site, name, (bounded) => this.#client.send(name, payload, bounded));
  }

  /**
   * Sends a message and resolves with the reply, as `Client.request`. As the clock stands still no deadline passes by itself:
   * the test fails after `withinMs` of the machine's time, and hears what is known of the reason.
   */
  request<N extends SentName<M>>(
    name: N,
    ...said: Said<SentPayload<M, N>, PlayedSendOptions & RequestOptions>
  ): Promise<ReceivedMessage<M>> {
    const [payload, options = {}] = said;
    const site = new CallSite(this.request);
    const asked = this.#within(options, site, name, (bounded) => this.#client.request(name, payload, bounded));
    return asked as Promise<ReceivedMessage<M>>;
  }

  /** Sends a message and gives its replies as they come, as `Client.requestMany`. All of them have the time that a request has. */
  async *requestMany<N extends SentName<M>>(
    name: N,
    ...said: Said<SentPayload<M, N>, RequestManyOptions<M>>
  ): AsyncGenerator<ReceivedMessage<M>, void> {
    const [payload, options = {}] = said;
    const guard = this.#guard(this.#host.withinMs, new CallSite(this.requestMany), name);
    const bounded = { ...options, signal: guard.over(options.signal) } as RequestManyOptions;
    try {
      yield* this.#client.requestMany(name, payload, bounded) as AsyncGenerator<ReceivedMessage<M>, void>;
    } finally {
      guard.end();
    }
  }

  /**
   * Resolves with the next message of a name that no call took before, or that is still to come. Fails if none comes in
   * time, and says what came instead.
   */
  async received<N extends ReceivedName<M>>(
    name: N,
    options: WaitOptions<Message<N, ReceivedPayload<M, N>>> = {},
  ): Promise<Message<N, ReceivedPayload<M, N>>> {
    this.#checkName(name);
    const site = new CallSite(this.received);
    const wait = { ...options, withinMs: options.withinMs ?? this.#host.withinMs } as WaitOptions & {
      withinMs: number;
    };
    const message = await this.#inbox.next(name, wait, site, () => this.#host.findings());
    this.#host.expect(message);
    return message as Message<N, ReceivedPayload<M, N>>;
  }

  /** What has come so far, of one name or all, oldest first. The test knows of it from then on. */
  list(name?: ReceivedName<M>): readonly ReceivedMessage<M>[] {
    if (name !== undefined) this.#checkName(name);
    const messages: readonly Message[] = this.#inbox.messages.filter(
      (each) => name === undefined || each.name === name,
    );
    for (const message of messages) this.#host.expect(message);
    return messages as readonly Message[] as readonly ReceivedMessage<M>[];
  }

  /** Answers a message: with a reply, several, or whatever a function makes of it, which may fail as any handler. */
  replies<N extends ReceivedName<M>>(
    name: N,
    answer: Reply<M> | readonly Reply<M>[] | Handler<M, N>,
    options: MockOptions = {},
  ): this {
    const handle = typeof answer === "function" ? (answer as unknown as Handler) : () => answer as Answer;
    return this.#mock(name, handle, options);
  }

  /** Fails at a message, so that a waiting requester gets HANDLER_FAILED with the detail. */
  fails(name: ReceivedName<M>, detail = "The test has it fail.", options: MockOptions = {}): this {
    return this.#mock(
      name,
      () => {
        throw new DeadMessage(detail);
      },
      options,
    );
  }

  /** Takes a message and never ends with it, as a handler that hangs: a requester waits until its deadline. */
  hangs(name: ReceivedName<M>, options: MockOptions = {}): this {
    return this.#mock(name, () => new Promise(() => {}), options);
  }

  /** Messages of these names are no news, whether they come or not. Without a name: none is. */
  ignores(...names: ReceivedName<M>[]): this {
    for (const name of names) this.#checkName(name);
    const ignored = names.length > 0 ? names : this.#host.receives();
    for (const name of ignored) this.#ignored.add(name);
    for (const message of this.#inbox.messages) if (this.#ignored.has(message.name)) this.#host.expect(message);
    return this;
  }

  /** Forgets what came and what was said of it. */
  reset(): void {
    this.#inbox.reset();
    this.#mocks.reset();
    this.#ignored.clear();
  }

  #mock(name: string, handle: Handler, options: MockOptions): this {
    this.#checkName(name);
    this.#mocks.add(name, handle, options);
    this.#host.mocksChanged();
    return this;
  }

  #take(...[message, context]: Parameters<Handler>): ReturnType<Handler> {
    if (this.#ignored.has(message.name) || this.#mocks.has(message.name)) this.#host.expect(message);
    this.#inbox.add(message);
    return this.#mocks.handle(message, context);
  }

  #within<Result>(
    { withinMs = this.#host.withinMs, signal, ...options }: PlayedSendOptions,
    site: CallSite,
    name: string,
    send: (options: SendOptions) => Promise<Result>,
  ): Promise<Result> {
    const guard = this.#guard(withinMs, site, name);
    const sent = send({ ...options, signal: guard.over(signal) }).finally(() => guard.end());
    return sent.catch((error: unknown) => {
      throw this.#host.explained(error);
    });
  }

  /** Ends a wait that the bus's clock, which stands still, would not end. */
  #guard(withinMs: number, site: CallSite, name: string) {
    const guard = new AbortController();
    const tooLate = () => {
      const text = `Nothing came of '${name}' of role '${this.name}' within ${withinMs} ms.`;
      guard.abort(site.failure(`${text}${this.#host.findings(name)}`));
    };
    const timer = machineTimers.setTimeout(tooLate, Math.min(withinMs, longestTimerMs));
    return {
      over: (signal: AbortSignal | undefined) => (signal ? AbortSignal.any([signal, guard.signal]) : guard.signal),
      end: () => machineTimers.clearTimeout(timer),
    };
  }

  #checkName(name: string): void {
    const names = this.#host.receives();
    if (names.includes(name)) return;
    const known = names.map((each) => `'${each}'`).join(", ") || "nothing";
    throw new TypeError(`Role '${this.name}' does not receive '${name}' by its route. It receives ${known}.`);
  }
}
