import { Calls, messageMembers, type Outgoing } from "./calls.ts";
import { type ClientConfig, type ClientOptions, clientConfig, type TokenSource } from "./client-options.ts";
import { Connection } from "./connection.ts";
import { ExoError, exoError } from "./exo-error.ts";
import type { ControlFrame, PushedFrame, Refreshed, Welcome } from "./frames.ts";
import type {
  AnyMessages,
  Handler,
  Message,
  ReceivedMessage,
  ReceivedName,
  RoleMessages,
  SendOptions,
  Sent,
  SentName,
} from "./messages.ts";
import { whenOnline } from "./online-event.ts";
import { Session } from "./session.ts";
import type { Status } from "./status.ts";
import { Subscribers } from "./subscribers.ts";

/** How long a message is of use if its sender does not say, in milliseconds: as on the bus. */
const sendDeadlineMs = 30_000;
const requestDeadlineMs = 10_000;

/** What the gateway does not tell before it says welcome, in bytes: its own default. */
const defaultMaxPayload = 1024 * 1024;

/** After these codes no other attempt helps, and what is to be done instead. */
const lasting: Readonly<Record<number, readonly [reason: string, detail: string]>> = {
  1000: ["DRAINING", "This session was ended. Connect anew."],
  1002: ["INVALID_MESSAGE", "The gateway does not understand this client."],
  1007: ["INVALID_MESSAGE", "The gateway does not understand this client."],
  1008: ["INVALID_MESSAGE", "The gateway does not understand this client."],
  1009: ["PAYLOAD_TOO_LARGE", "A frame was larger than the gateway takes."],
  4409: ["DRAINING", "Another connection took this session over."],
};

/** The code for a JWT that is not accepted, or has expired. */
const badToken = 4401;

/** What a token is refused with that is not accepted, or is another user's. */
const refusals: ReadonlySet<string> = new Set(["UNAUTHENTICATED", "NOT_ALLOWED"]);

/**
 * How often the first pause is doubled at least: a gateway that restarts has all of its clients come at once, and one that
 * says "too much" or has failed wants to be left alone for a moment.
 */
const leastPauses: Readonly<Record<number, number>> = { 1011: 3, 1012: 3, 1013: 2, 4429: 4 };

/** A JWT is renewed when so much of its time has passed. */
const renewAt = 0.8;

/** The shortest time between two renewals, in milliseconds: what gets tokens may give the old one again. */
const leastRenewalMs = 1000;

/** The same, where a token that the gateway takes has expired by the clock of this machine. */
const skewedRenewalMs = 30_000;

/** Takes part in the bus through a gateway. See `connect`. */
export class Client<M extends RoleMessages = AnyMessages> {
  readonly #config: ClientConfig;
  readonly #calls: Calls;
  readonly #session: Session;
  readonly #subscribers: Subscribers;
  readonly #listeners = new Set<(status: Status) => void>();
  readonly #forgetOnline: () => void;
  #status: Status = { kind: "connecting" };
  #connection: Connection | undefined;
  #token: TokenSource | undefined;
  #names: readonly string[] | undefined;
  /** What the present connection began with: both may change while it is being made. */
  #begunWith: { readonly token: TokenSource | undefined; readonly names: readonly string[] | undefined } | undefined;
  #maxPayload = defaultMaxPayload;
  #failures = 0;
  #refusedTokens = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #renewal: ReturnType<typeof setTimeout> | undefined;
  #confirmed = 0;
  #willConfirm = false;

  /** See `connect`. */
  constructor(options: ClientOptions) {
    this.#config = clientConfig(options);
    this.#calls = new Calls(this.#config);
    this.#session = new Session(this.#config);
    this.#subscribers = new Subscribers(this.#config.onError);
    this.#token = options.token;
    this.#names = options.names;
    this.#forgetOnline = whenOnline(() => this.#status.kind === "offline" && this.#connect());
    this.#connect();
  }

  /** How it stands. */
  get status(): Status {
    return this.#status;
  }

  /** Tells of every change of the status, and of the present one at once. Returns what ends it. */
  onStatus(listener: (status: Status) => void): () => void {
    this.#listeners.add(listener);
    this.#tell(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Gives messages of this name to the handler. Returns what ends it. */
  on<N extends ReceivedName<M>>(name: N, handler: Handler<M, N>): () => void {
    return this.#subscribers.add(name, handler as (message: Message) => unknown);
  }

  /** Gives every message to the handler. Returns what ends it. */
  onAny(handler: (message: ReceivedMessage<M>) => unknown): () => void {
    return this.#subscribers.add(undefined, handler as (message: Message) => unknown);
  }

  /**
   * Sends a message; it waits for the connection where there is none. Resolves once the bus has accepted it. Rejects with an
   * ExoError (NOT_ALLOWED, NO_RECEIVERS, QUEUE_FULL, RATE_LIMITED, DEADLINE_EXCEEDED, …) or the signal's reason.
   */
  send<N extends SentName<M>>(name: N, payload?: M["sends"][N], options: SendOptions = {}): Promise<Sent> {
    return this.#say("message", name, payload, options, sendDeadlineMs) as Promise<Sent>;
  }

  /** Sends a message and resolves with the reply. Rejects as `send` does, and with NO_INSTANCE or HANDLER_FAILED. */
  request<N extends SentName<M>>(
    name: N,
    payload?: M["sends"][N],
    options: SendOptions = {},
  ): Promise<ReceivedMessage<M>> {
    return this.#say("request", name, payload, options, requestDeadlineMs) as Promise<ReceivedMessage<M>>;
  }

  /** From now on only messages of these names are pushed; `undefined`: all. */
  async subscribe(names: readonly string[] | undefined): Promise<void> {
    this.#names = names;
    if (this.#status.kind === "online") await this.#control({ type: "subscribe", names: names ?? null });
  }

  /** Signs in with a new JWT, without a new connection; it is used from now on. Rejects with UNAUTHENTICATED. */
  async refresh(token: TokenSource): Promise<void> {
    const before = this.#token;
    this.#token = token;
    if (this.#status.kind !== "online") return;
    try {
      await this.#renew();
    } catch (error) {
      // One that is refused is of no use to the next connection either.
      if (this.#token === token && error instanceof ExoError && refusals.has(error.reason)) this.#token = before;
      throw error;
    }
  }

  /** Leaves. What has no answer yet rejects; the session can be taken up again for a while. */
  close(): void {
    this.#close(undefined);
  }

  /** Asynchronous from the first moment on: what is wrong with a message rejects, and throws nothing. */
  async #say(kind: Outgoing["kind"], name: string, payload: unknown, options: SendOptions, deadlineMs: number) {
    if (this.#status.kind === "closed") throw this.#status.error ?? wasClosed();
    const members = messageMembers(name, payload, options, this.#maxPayload);
    return this.#calls.call({ kind, members, deadlineMs: options.deadlineMs ?? deadlineMs, signal: options.signal });
  }

  #control(frame: object): Promise<unknown> {
    return this.#calls.call({
      kind: "control",
      members: JSON.stringify(frame).slice(1, -1),
      deadlineMs: requestDeadlineMs,
    });
  }

  async #connect(): Promise<void> {
    clearTimeout(this.#retry);
    this.#change({ kind: "connecting" });
    const source = this.#token;
    let token: string | undefined;
    try {
      token = await tokenOf(source);
    } catch (error) {
      this.#config.onError(error);
      return this.#lost(1006, "There is no token to be had.");
    }
    if (this.#status.kind !== "connecting") return;
    const { ack } = this.#config;
    this.#begunWith = { token: source, names: this.#names };
    const connect = { ...this.#session.position, token, names: this.#names, ack };
    try {
      this.#connection = new Connection(this.#config, connect, {
        welcome: (frame) => this.#welcomed(frame),
        pushed: (frame) => this.#pushed(frame),
        control: (frame) => this.#controlled(frame),
        closed: (code, reason) => this.#lost(code, reason),
      });
    } catch (error) {
      // As where a page of https asks for ws: no later attempt does better.
      this.#close(exoError("INVALID_MESSAGE", `There can be no WebSocket: ${(error as Error).message}`));
    }
  }

  #welcomed(frame: Welcome): void {
    this.#failures = 0;
    this.#refusedTokens = 0;
    this.#maxPayload = frame.maxPayload;
    this.#session.welcome(frame);
    this.#confirmed = 0;
    this.#confirm();
    this.#renewBefore(frame.expiresAt);
    this.#catchUp();
    const { sessionId, user, recovered } = frame;
    this.#change({ kind: "online", sessionId, user, recovered });
    const connection = this.#connection;
    this.#calls.online((text) => connection?.send(text));
  }

  /** Tells what has changed since the connection began. */
  #catchUp(): void {
    const { token, names } = this.#begunWith ?? {};
    const told = this.#names === names ? undefined : this.#control({ type: "subscribe", names: this.#names ?? null });
    const renewed = this.#token === token ? undefined : this.#renew();
    for (const each of [told, renewed]) each?.catch(this.#config.onError);
  }

  #pushed(frame: PushedFrame): void {
    const finish = this.#session.receive(frame.offset);
    if (!finish) return;
    this.#subscribers.dispatch(frame, () => {
      finish();
      this.#confirm();
    });
  }

  #controlled(frame: Exclude<ControlFrame, Welcome>): void {
    if (frame.type === "problem") {
      const error = new ExoError(frame.problem);
      if (frame.ref === undefined) this.#config.onError(error);
      else this.#calls.refused(frame.ref, error);
    } else if (frame.ref !== undefined) {
      if (frame.type === "refreshed") this.#refreshed(frame);
      this.#calls.answered(frame.ref, frame.type === "reply" ? frame.message : answerOf(frame));
    }
  }

  /** Confirms what the handlers are through with, in one frame for all of a turn. */
  #confirm(): void {
    if (!this.#config.ack || this.#willConfirm) return;
    this.#willConfirm = true;
    queueMicrotask(() => {
      this.#willConfirm = false;
      const { dealtWith } = this.#session;
      if (dealtWith <= this.#confirmed || this.#status.kind !== "online") return;
      this.#confirmed = dealtWith;
      this.#connection?.send(`{"type":"ack","offset":${dealtWith}}`);
    });
  }

  #lost(code: number, reason: string): void {
    this.#connection = undefined;
    clearTimeout(this.#renewal);
    this.#calls.offline();
    if (this.#status.kind === "closed") return;
    const final = lasting[code];
    if (final) return this.#close(exoError(final[0], reason || final[1]));
    // Unless there is a new one already.
    if (code === badToken && this.#begunWith?.token === this.#token) {
      this.#refusedTokens += 1;
      // The same text will not do better; what gets tokens has a second chance, as the first may just have expired.
      if (typeof this.#token !== "function" || this.#refusedTokens > 1) {
        return this.#close(exoError("UNAUTHENTICATED", reason || "The token is not accepted, or has expired.", 401));
      }
    }
    const [first, longest] = this.#config.backoffMs;
    const spreadMs = Math.min(longest, first * 2 ** Math.max(this.#failures, leastPauses[code] ?? 0));
    const retryInMs = Math.random() * spreadMs;
    this.#failures += 1;
    this.#change({ kind: "offline", retryInMs, code, reason });
    if (this.#status.kind === "offline") this.#retry = setTimeout(() => void this.#connect(), retryInMs);
  }

  #refreshed({ session, user, expiresAt }: Refreshed): void {
    this.#session.renamed(session);
    this.#renewBefore(expiresAt, leastRenewalMs);
    // The session goes on: nothing is missing because of this.
    if (this.#status.kind === "online" && this.#status.user !== user) {
      this.#change({ ...this.#status, user, recovered: true });
    }
  }

  #renewBefore(expiresAt: string | undefined, leastMs = 0): void {
    clearTimeout(this.#renewal);
    if (expiresAt === undefined || typeof this.#token !== "function") return;
    const leftMs = Date.parse(expiresAt) - Date.now();
    const inMs = leftMs > 0 ? Math.max(leastMs, leftMs * renewAt) : skewedRenewalMs;
    const renew = () =>
      this.#renew().catch((error) => {
        this.#config.onError(error);
        // The identity provider may be away for a moment: the token can still be renewed before it ends.
        const isPassing = error instanceof ExoError && error.reason === "IDENTITY_UNAVAILABLE";
        if (isPassing) this.#renewBefore(expiresAt, leastRenewalMs);
      });
    this.#renewal = setTimeout(renew, Math.min(inMs, 0x7fff_ffff));
  }

  async #renew(): Promise<void> {
    await this.#control({ type: "refresh", token: await tokenOf(this.#token) });
  }

  #close(error: ExoError | undefined): void {
    if (this.#status.kind === "closed") return;
    clearTimeout(this.#retry);
    clearTimeout(this.#renewal);
    this.#forgetOnline();
    this.#connection?.close();
    this.#connection = undefined;
    this.#calls.close(error ?? wasClosed());
    this.#change({ kind: "closed", error });
  }

  #change(status: Status): void {
    this.#status = status;
    for (const listener of [...this.#listeners]) this.#tell(listener);
  }

  #tell(listener: (status: Status) => void): void {
    try {
      listener(this.#status);
    } catch (error) {
      this.#config.onError(error);
    }
  }
}

/**
 * Takes part in the bus through the gateway at `url`. Returns at once: it connects in the background, and again whenever
 * the connection breaks; messages wait until then. Throws a TypeError for options that cannot work.
 */
export function connect<M extends RoleMessages = AnyMessages>(options: ClientOptions): Client<M> {
  return new Client<M>(options);
}

function wasClosed(): ExoError {
  return exoError("DRAINING", "This client was closed.", 503);
}

async function tokenOf(source: TokenSource | undefined): Promise<string | undefined> {
  return (typeof source === "function" ? await source() : source) ?? undefined;
}

/** What the caller gets to see of an answer's frame. */
function answerOf(frame: ControlFrame): unknown {
  return frame.type === "accepted" ? { id: frame.id, activityId: frame.activityId } : undefined;
}
