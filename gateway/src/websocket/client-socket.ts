import { Heartbeat, problemAnswer } from "@exosphere/http";
import { Refusal } from "@exosphere/message";
import { isJson, jsonMistake, rawMembers } from "@exosphere/message/json";
import { problemOf } from "@exosphere/proto";
import type { Log } from "@exosphere/telemetry";
import type { WebSocket } from "ws";
import { type ClientFrame, type ConnectFrame, clientFrameOf, type Ref, refOfAny } from "../core/client-frame.ts";
import { type Desk, wantedNames } from "../core/desk.ts";
import type { Keys } from "../core/limits.ts";
import { LiveSession, type LiveSink } from "../core/live-session.ts";
import { pongFrame, problemFrame, refreshedFrame, subscribedFrame, welcomeFrame } from "../core/server-frame.ts";
import { closeCodes } from "../core/session.ts";
import { Unread } from "../core/unread.ts";
import type { User } from "../core/user.ts";
import { failureOf } from "../failure.ts";
import { SocketReading } from "./socket-reading.ts";
import { SocketSends } from "./socket-sends.ts";

/** What a socket needs from the edge around it. */
export interface ClientSocketHost {
  readonly desk: Desk;
  /** Names the connection, for its limits. */
  readonly name: string;
  readonly address: string;
  /** What the upgrade said of user and session. */
  readonly user: User | undefined;
  readonly session: string | undefined;
  readonly log: Log;
  /** How long the first frame may take to come, in milliseconds. */
  readonly firstFrameMs: number;
  /** A frame was dealt with: for metrics. */
  handled(kind: string, failed: string | undefined): void;
  /** Something that was under way has ended. */
  progressed(): void;
}

/** How long a client may take to answer a ping, in milliseconds: docs/reference/websocket.md. */
const pongWithinMs = 8_000;
/** Frames in a row that were beyond the limits, before the connection ends. */
const maxRefusedFrames = 100;
/** Frames that wait while a token is checked. More are a client that does not wait for its welcome. */
const maxQueuedFrames = 100;
/** Bytes of a refused frame that cost as much as a frame that ends no message: all of it is read for its `ref`. */
const refusedBytesPerFrame = 4 * 1024;
/** How long a client may take to read what is left and the close frame, in milliseconds, before it is cut off. */
const lingerMs = 10_000;

/** How a connection ends whose `connect` is refused, by reason; else as one that was not understood. */
const codes: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: closeCodes.unauthenticated,
  IDENTITY_UNAVAILABLE: closeCodes.tryLater,
  RATE_LIMITED: closeCodes.tooMany,
  DRAINING: closeCodes.restart,
  INTERNAL: closeCodes.internal,
};

/** One client's WebSocket: docs/reference/websocket.md. */
export class ClientSocket implements LiveSink {
  readonly #socket: WebSocket;
  readonly #host: ClientSocketHost;
  readonly #heartbeat: Heartbeat;
  readonly #sends: SocketSends;
  readonly #reading: SocketReading;
  readonly #unread: Unread;
  #live: LiveSession | undefined;
  /** Ends the wait for the first frame. */
  readonly #begun: () => void;
  /** A plain client knows messages only. */
  #isPlain = false;
  #refusedFrames = 0;
  /** What the last frame was answered, if it was beyond the limits. */
  #refusal: object | undefined;
  /** Frames that came while a token was checked. */
  #queued: Buffer[] | undefined;
  #isEnded = false;

  constructor(socket: WebSocket, host: ClientSocketHost) {
    this.#socket = socket;
    this.#host = host;
    const { clock, pingMs } = host.desk;
    this.#heartbeat = new Heartbeat({
      pingEveryMs: Math.max(pingMs, pongWithinMs + 1),
      pongWithinMs,
      after: (delayMs, run) => clock.after(delayMs, run),
      ping: () => socket.ping(),
      isReading: () => !socket.isPaused,
      vanished: () => {
        this.#end();
        socket.terminate();
      },
    });
    this.#sends = new SocketSends({
      desk: host.desk,
      address: host.address,
      tell: (frame) => this.#tell(frame),
      fail: (ref, error) => this.#fail(ref, error),
      handled: (kind, failed) => host.handled(kind, failed),
      log: host.log,
      progressed: () => host.progressed(),
    });
    this.#reading = new SocketReading({ socket, limits: host.desk.limits, clock, keys: () => this.#keys });
    this.#unread = new Unread(host.desk.answers, host.address);
    this.#begun = clock.after(host.firstFrameMs, () => this.expired("no frame came in time"));
    socket.on("message", (bytes: Buffer) => this.#received(bytes));
    socket.on("pong", () => this.#heartbeat.heard());
    socket.on("error", (error) => host.log.debug({ reason: error.message }, "a client broke the WebSocket protocol"));
    socket.on("close", () => {
      this.#reading.close();
      this.#unread.set(0);
      this.#end();
    });
  }

  /** Bytes that wait for the client. */
  get waitingBytes(): number {
    return this.#socket.bufferedAmount;
  }

  /** Whether nothing of the client is under way. */
  get isIdle(): boolean {
    return this.#sends.unanswered === 0;
  }

  push(_offset: number, frame: string): void {
    this.#socket.send(frame, this.#written);
  }

  /** Ends it. */
  end(code: number, reason: string): void {
    if (this.#live) this.#live.end(code, reason);
    else this.finish(code, reason);
  }

  /** Frames came, of which some end no message. Those that a client sends after the end are read by nobody. */
  came(extraFrames: number, messages: number): void {
    const unread = this.#isEnded ? messages : 0;
    if (extraFrames + unread > 0) this.#reading.count(extraFrames + unread);
  }

  /** Something of the client did not come in time. It may come back: networks are slow at times. */
  expired(reason: string): void {
    this.#host.handled("frame", "timed_out");
    this.end(closeCodes.tardy, reason);
  }

  finish(code: number, reason: string): void {
    this.#end();
    this.#socket.close(code, reason);
    setTimeout(() => this.#socket.terminate(), lingerMs).unref();
  }

  /** Whether there is room for what waits for the client. Little of it is not counted: every client has some at times. */
  #countUnread(): boolean {
    const bytes = this.waitingBytes;
    return this.#unread.set(bytes > this.#host.desk.feedLimits.maxWaitingBytes ? bytes : 0);
  }

  readonly #written = () => {
    this.#countUnread();
    if (this.waitingBytes < this.#host.desk.feedLimits.maxWaitingBytes / 2) this.#live?.wake();
  };

  #received(bytes: Buffer): void {
    if (this.#isEnded) return;
    this.#begun();
    this.#heartbeat.heard();
    if (this.#queued) {
      if (this.#queued.length < maxQueuedFrames) this.#queued.push(bytes);
      else this.end(closeCodes.tooMany, "too many frames before the welcome");
      return;
    }
    if (this.#refusal && this.#refusesAgain(bytes, this.#refusal)) return;
    const members = jsonMistake(bytes) === undefined ? rawMembers(bytes) : undefined;
    try {
      this.#limit(bytes.length);
      if (!members) throw new Refusal(`A frame must be a JSON object${mistakeOf(bytes)}.`);
      this.#take(clientFrameOf(members));
    } catch (thrown) {
      if (!this.#live && members && !members.has("name")) this.#refuseConnect(thrown);
      else this.#fail(members && refOfAny(members), thrown);
    }
  }

  #take(frame: ClientFrame): void {
    if (frame.kind === "connect") return this.#connect(frame);
    const live = this.#live ?? this.#beginPlain(frame);
    const { session } = live;
    switch (frame.kind) {
      case "message":
        return this.#sends.take(session, frame);
      case "ack":
        return this.#host.desk.confirm(session, frame.offset);
      case "ping":
        return this.#tell(pongFrame(frame.ref));
      case "subscribe":
        session.names = wantedNames(frame.names, this.#host.desk);
        this.#host.desk.store.save(session);
        return this.#tell(subscribedFrame(frame.ref, frame.names));
      case "refresh":
        return this.#verify(
          frame.token,
          (user) => this.#refresh(live, user, frame.ref),
          (error) => this.#fail(frame.ref, error),
        );
    }
  }

  /** A client whose first frame is a message. */
  #beginPlain(frame: ClientFrame): LiveSession {
    if (frame.kind !== "message") throw new Refusal("The first frame must be of the type 'connect', or a message.");
    const { desk, user, session, address } = this.#host;
    this.#isPlain = true;
    const live = new LiveSession(desk, desk.sessions.open({ user, session, address }), this);
    this.#live = live;
    live.start();
    return live;
  }

  #connect(frame: ConnectFrame): void {
    if (this.#live) return this.end(closeCodes.policy, "connect came twice");
    const open = (user: User | undefined) => {
      try {
        this.#open(frame, user);
      } catch (thrown) {
        this.#refuseConnect(thrown);
      }
    };
    if (frame.token === undefined) return open(this.#host.user);
    this.#verify(frame.token, open, (error) => this.#refuseConnect(error));
  }

  #open(frame: ConnectFrame, user: User | undefined): void {
    const { desk, session, address } = this.#host;
    const wishes = { isAcking: frame.isAcking, names: wantedNames(frame.names, desk) };
    const opened = desk.sessions.open({
      session: frame.session ?? session,
      offset: frame.offset,
      user,
      address,
      wishes,
    });
    const live = new LiveSession(desk, opened, this);
    this.#live = live;
    const { pingMs, ttlMs, maxPayloadBytes: maxPayload, tokens } = desk;
    const token = tokens.write(opened.session);
    // What is promised by it has to be kept first.
    desk.store.kept(() => {
      this.#tell(welcomeFrame(opened, { token, pingMs, ttlMs, maxPayload }));
      this.#host.handled("connect", undefined);
      if (!this.#isEnded) live.start();
    });
  }

  #refuseConnect(thrown: unknown): void {
    const error = failureOf(thrown);
    this.#fail(undefined, error);
    const code = codes[error.reason] ?? closeCodes.policy;
    this.end(code, error.reason === "INTERNAL" ? "an unexpected error" : shorten(error.detail));
  }

  #refresh(live: LiveSession, user: User, ref: Ref): void {
    try {
      const { tokens, store } = this.#host.desk;
      const { session } = live;
      live.signIn(user);
      const told = refreshedFrame(ref, tokens.write(session), session.user);
      // As with the welcome.
      store.kept(() => this.#tell(told));
      this.#host.handled("refresh", undefined);
    } catch (thrown) {
      this.#fail(ref, thrown);
    }
  }

  /** Checks a token. Frames that come meanwhile are dealt with after it. */
  #verify(token: string, use: (user: User) => void, failed: (error: unknown) => void): void {
    this.#queued = [];
    // Nor is more read than has come already: keys may be fetched for it, and who asks is not known yet.
    this.#reading.pause();
    const then = (run: () => void) => {
      this.#reading.resume();
      const queued = this.#queued ?? [];
      this.#queued = undefined;
      if (this.#isEnded) return;
      run();
      for (const [index, bytes] of queued.entries()) {
        this.#received(bytes);
        // Another token is checked now.
        const nowQueued = this.#queued as Buffer[] | undefined;
        if (nowQueued) {
          for (const later of queued.slice(index + 1)) nowQueued.push(later);
          return;
        }
      }
    };
    this.#host.desk.verify(token, this.#host.address).then(
      (user) => then(() => use(user)),
      (error: unknown) => then(() => failed(error)),
    );
  }

  get #keys(): Keys {
    const session = this.#live?.session;
    return {
      connection: this.#host.name,
      ...(session && { session: session.id }),
      ...(session?.user && { user: session.user.id }),
      address: this.#host.address,
    };
  }

  #limit(bytes: number): void {
    const { limits, clock } = this.#host.desk;
    try {
      limits.take(this.#keys, 1, bytes, clock.now());
      this.#refusedFrames = 0;
      this.#refusal = undefined;
    } catch (thrown) {
      this.#refusal = problemOf(failureOf(thrown));
      this.#refuseFrame(bytes);
      throw thrown;
    }
  }

  /** Whether a frame is beyond the limits, as the one before it: then it gets the same answer, which costs little. */
  #refusesAgain(bytes: Buffer, problem: object): boolean {
    const { limits, clock } = this.#host.desk;
    if (!limits.refuses(this.#keys, 1, bytes.length, clock.now())) return false;
    this.#host.handled("frame", "rate_limited");
    const members = isJson(bytes) ? rawMembers(bytes) : undefined;
    this.#tell(problemFrame(members && refOfAny(members), problem));
    this.#refuseFrame(bytes.length);
    return true;
  }

  #refuseFrame(bytes: number): void {
    this.#refusedFrames += 1;
    if (bytes >= refusedBytesPerFrame) this.#reading.count(bytes / refusedBytesPerFrame);
    if (this.#refusedFrames > maxRefusedFrames) this.end(closeCodes.tooMany, "too many frames: slow down");
  }

  #fail(ref: Ref, thrown: unknown): void {
    const error = failureOf(thrown);
    const { problem } = problemAnswer(error, this.#host.log);
    this.#host.handled("frame", error.reason.toLowerCase());
    if (this.#isPlain) this.#host.log.info({ reason: error.reason }, `refused a plain client: ${error.detail}`);
    this.#tell(problemFrame(ref, problem));
  }

  /** Control frames are for those who know them. */
  #tell(frame: string): void {
    if (this.#isPlain || this.#isEnded) return;
    this.#socket.send(frame, this.#written);
    const { feedLimits, maxPayloadBytes } = this.#host.desk;
    if (!this.#countUnread() || this.waitingBytes > feedLimits.maxBacklogBytes + maxPayloadBytes)
      this.end(closeCodes.slow, "too slow: answers are not read");
  }

  #end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#begun();
    this.#heartbeat.close();
    this.#sends.close();
    this.#live?.gone();
    if (this.#isPlain && this.#live) this.#host.desk.sessions.end(this.#live.session);
    this.#host.progressed();
  }
}

function mistakeOf(bytes: Buffer): string {
  const mistake = jsonMistake(bytes);
  return mistake === undefined ? "" : ` (RFC 8259): ${mistake}`;
}

/** A close frame has room for 123 bytes: RFC 6455, section 5.5. */
function shorten(text: string): string {
  return text.length > 100 ? `${text.slice(0, 99)}…` : text;
}
