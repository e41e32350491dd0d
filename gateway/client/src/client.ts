import { Calls, messageMembers, type Outgoing } from "./calls.ts";
import { type ClientConfig, type ClientOptions, clientConfig, type TokenSource } from "./client-options.ts";
import { badToken, lasting, leastPauses, takenOver } from "./close-codes.ts";
import { Confirmations } from "./confirmations.ts";
import { Connection } from "./connection.ts";
import { endSession } from "./end-session.ts";
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
import { onNetwork } from "./online-event.ts";
import { Session } from "./session.ts";
import { SessionLock } from "./session-lock.ts";
import { type Status, Statuses } from "./status.ts";
import { Subscribers } from "./subscribers.ts";
import { leastRenewalMs, TokenRenewal } from "./token-renewal.ts";

/** How long a message is of use if its sender does not say, in milliseconds: as on the bus. */
const sendDeadlineMs = 30_000;
const requestDeadlineMs = 10_000;

/** What the gateway does not tell before it says welcome, in bytes: its own default. */
const defaultMaxPayload = 1024 * 1024;

/** What a token is refused with that is not accepted, or is another user's. */
const refusals: ReadonlySet<string> = new Set(["UNAUTHENTICATED", "NOT_ALLOWED"]);

/** What a connection began with. */
interface Beginning {
  readonly token: TokenSource | undefined;
  readonly names: readonly string[] | undefined;
  /** There was a session to come back to, and no JWT. */
  readonly isSessionAlone: boolean;
}

/** Takes part in the bus through a gateway. See `connect`. */
export class Client<M extends RoleMessages = AnyMessages> {
  readonly #config: ClientConfig;
  readonly #calls: Calls;
  readonly #session: Session;
  readonly #lock: SessionLock | undefined;
  readonly #subscribers: Subscribers;
  readonly #confirmations: Confirmations | undefined;
  readonly #renewal: TokenRenewal;
  readonly #statuses: Statuses;
  readonly #forgetOnline: () => void;
  #connection: Connection | undefined;
  #token: TokenSource | undefined;
  #names: readonly string[] | undefined;
  /** What the present connection began with: both may change while it is being made. */
  #begunWith: Beginning | undefined;
  #maxPayload = defaultMaxPayload;
  #failures = 0;
  /** Attempts to connect: what belongs to an older one is ignored. */
  #attempts = 0;
  #refusedTokens = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;

  /** See `connect`. */
  constructor(options: ClientOptions) {
    this.#config = clientConfig(options);
    this.#statuses = new Statuses(this.#config.onError);
    this.#calls = new Calls(this.#config);
    this.#session = new Session(this.#config);
    // Without a storage there is nothing that a browser could copy.
    this.#lock = options.storage && new SessionLock();
    this.#subscribers = new Subscribers(this.#config.onError);
    const confirm = (frame: string) => {
      if (this.status.kind !== "online") return false;
      this.#connection?.send(frame);
      return true;
    };
    this.#confirmations = this.#config.ack ? new Confirmations(this.#session, confirm) : undefined;
    this.#renewal = new TokenRenewal(() => this.#renew(), this.#config.onError);
    this.#token = options.token;
    this.#names = options.names;
    this.#forgetOnline = onNetwork({
      online: () => this.status.kind === "offline" && this.#connect(),
      offline: () => this.status.kind === "online" && this.#cut("The network is gone."),
    });
    this.#connect();
  }

  /** How it stands. */
  get status(): Status {
    return this.#statuses.current;
  }

  /** Tells of every change of the status, and of the present one at once. Returns what ends it. */
  onStatus(listener: (status: Status) => void): () => void {
    return this.#statuses.listen(listener);
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
    if (this.status.kind === "online") await this.#control({ type: "subscribe", names: names ?? null });
  }

  /** Signs in with a new JWT, without a new connection; it is used from now on. Rejects with UNAUTHENTICATED. */
  async refresh(token: TokenSource): Promise<void> {
    const before = this.#token;
    this.#token = token;
    if (this.status.kind !== "online") return;
    try {
      await this.#renew();
    } catch (error) {
      // One that is refused is of no use to the next connection either.
      if (this.#token === token && error instanceof ExoError && refusals.has(error.reason)) this.#token = before;
      throw error;
    }
  }

  /**
   * Signs the user out: drops the token, ends the session at the gateway with everything that waits in it, and forgets it, also where
   * it is stored. What has no answer yet rejects. The client goes on with a new anonymous session. Rejects with an ExoError
   * (BROKER_UNAVAILABLE) if the gateway could not be reached; then the session is forgotten here, and ends there later.
   */
  async signOut(): Promise<void> {
    const session = this.#session.token;
    const isOpen = this.status.kind !== "closed";
    this.#token = undefined;
    this.#session.forget();
    this.#lock?.release();
    clearTimeout(this.#retry);
    this.#renewal.stop();
    this.#connection?.close();
    this.#connection = undefined;
    this.#calls.close(exoError("DRAINING", "The user was signed out.", 503));
    // The new session must not wait for the end of the old one.
    if (isOpen) void this.#connect();
    if (session !== undefined) await endSession(this.#config.url, session);
  }

  /** Leaves. What has no answer yet rejects; the session can be taken up again for a while. */
  close(): void {
    this.#close(undefined);
  }

  /** Asynchronous from the first moment on: what is wrong with a message rejects, and throws nothing. */
  async #say(kind: Outgoing["kind"], name: string, payload: unknown, options: SendOptions, deadlineMs: number) {
    if (this.status.kind === "closed") throw this.status.error ?? wasClosed();
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
    this.#attempts += 1;
    const attempt = this.#attempts;
    this.#statuses.change({ kind: "connecting" });
    const source = this.#token;
    let token: string | undefined;
    try {
      token = await tokenOf(source);
    } catch (error) {
      this.#config.onError(error);
      if (attempt === this.#attempts) this.#lost(1006, "There is no token to be had.");
      return;
    }
    const { token: known } = this.#session;
    // The session of a duplicated tab goes on in the first one.
    if (known !== undefined && this.#lock && !(await this.#lock.take(known))) this.#session.forget();
    // Another attempt has begun meanwhile, or there is none any more.
    if (attempt !== this.#attempts || this.status.kind !== "connecting") return;
    const { ack } = this.#config;
    const isSessionAlone = token === undefined && this.#session.token !== undefined;
    this.#begunWith = { token: source, names: this.#names, isSessionAlone };
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
    void this.#lock?.take(frame.session);
    this.#confirmations?.restart();
    this.#renewBefore(frame.expiresAt);
    this.#catchUp();
    const { sessionId, user, recovered } = frame;
    this.#statuses.change({ kind: "online", sessionId, user, recovered });
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
      this.#confirmations?.soon();
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

  /** The connection is of no use any more, whether or not it knows already. */
  #cut(reason: string): void {
    this.#connection?.close();
    this.#lost(1006, reason);
  }

  #lost(code: number, reason: string): void {
    this.#connection = undefined;
    this.#renewal.stop();
    this.#calls.offline();
    if (this.status.kind === "closed") return;
    const final = lasting[code];
    if (final) return this.#close(exoError(final[0], reason || final[1]));
    // A user's session whose token has expired, in a page without a user; or another page goes on with the session.
    if (code === takenOver || (code === badToken && this.#begunWith?.isSessionAlone)) {
      this.#session.forget();
      this.#lock?.release();
    } else if (code === badToken && this.#begunWith?.token === this.#token) {
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
    this.#statuses.change({ kind: "offline", retryInMs, code, reason });
    if (this.status.kind === "offline") this.#retry = setTimeout(() => void this.#connect(), retryInMs);
  }

  #refreshed({ session, user, expiresAt }: Refreshed): void {
    this.#session.renamed(session);
    this.#renewBefore(expiresAt, leastRenewalMs);
    // The session goes on: nothing is missing because of this.
    if (this.status.kind === "online" && this.status.user !== user) {
      this.#statuses.change({ ...this.status, user, recovered: true });
    }
  }

  #renewBefore(expiresAt: string | undefined, leastMs?: number): void {
    if (expiresAt === undefined || typeof this.#token !== "function") this.#renewal.stop();
    else this.#renewal.before(expiresAt, leastMs);
  }

  async #renew(): Promise<void> {
    await this.#control({ type: "refresh", token: await tokenOf(this.#token) });
  }

  #close(error: ExoError | undefined): void {
    if (this.status.kind === "closed") return;
    clearTimeout(this.#retry);
    this.#renewal.stop();
    this.#forgetOnline();
    this.#lock?.release();
    this.#connection?.close();
    this.#connection = undefined;
    this.#calls.close(error ?? wasClosed());
    this.#statuses.change({ kind: "closed", error });
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
