import { Heartbeat, problemAnswer } from "@exosphere/http";
import { Refusal } from "@exosphere/message";
import { isJson, jsonMistake, rawMembers } from "@exosphere/message/json";
import type { Log } from "@exosphere/telemetry";
import type { WebSocket } from "ws";
import { type ClientFrame, type ConnectFrame, clientFrameOf, type Ref, refOfAny } from "../core/client-frame.ts";
import { wantedNames } from "../core/desk.ts";
import type { Keys } from "../core/limits.ts";
import type { LiveSession, LiveSink } from "../core/live-session.ts";
import { pongFrame, problemFrame, refreshedFrame, subscribedFrame } from "../core/server-frame.ts";
import { closeCodes } from "../core/session.ts";
import type { User } from "../core/user.ts";
import { failureOf } from "../failure.ts";
import { FrameLimit } from "./frame-limit.ts";
import { endingOf, startConnected, startPlain, type Upgraded } from "./session-start.ts";
import { SocketOutput } from "./socket-output.ts";
import { SocketReading } from "./socket-reading.ts";
import { SocketSends } from "./socket-sends.ts";
import { TokenCheck } from "./token-check.ts";

/** What a socket needs from the edge around it. */
export interface ClientSocketHost extends Upgraded {
  /** Names the connection, for its limits. */
  readonly name: string;
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
/** How long a client may take to read what is left and the close frame, in milliseconds, before it is cut off. */
const lingerMs = 10_000;

/** One client's WebSocket: docs/reference/websocket.md. */
export class ClientSocket implements LiveSink {
  readonly #socket: WebSocket;
  readonly #host: ClientSocketHost;
  readonly #heartbeat: Heartbeat;
  readonly #sends: SocketSends;
  readonly #reading: SocketReading;
  readonly #output: SocketOutput;
  readonly #limit: FrameLimit;
  readonly #tokens: TokenCheck;
  #live: LiveSession | undefined;
  /** Ends the wait for the first frame. */
  readonly #begun: () => void;
  /** A plain client knows messages only. */
  #isPlain = false;
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
    this.#output = new SocketOutput({
      socket,
      desk: host.desk,
      address: host.address,
      drained: () => this.#live?.wake(),
      tooSlow: () => this.end(closeCodes.slow, "too slow: answers are not read"),
    });
    this.#limit = new FrameLimit({
      desk: host.desk,
      keys: () => this.#keys,
      reading: this.#reading,
      exceeded: () => this.end(closeCodes.tooMany, "too many frames: slow down"),
    });
    this.#tokens = new TokenCheck({
      desk: host.desk,
      address: host.address,
      reading: this.#reading,
      take: (bytes) => this.#received(bytes),
      exceeded: () => this.end(closeCodes.tooMany, "too many frames before the welcome"),
      isEnded: () => this.#isEnded,
    });
    this.#begun = clock.after(host.firstFrameMs, () => this.expired("no frame came in time"));
    socket.on("message", (bytes: Buffer) => this.#received(bytes));
    socket.on("pong", () => this.#heartbeat.heard());
    socket.on("error", (error) => host.log.debug({ reason: error.message }, "a client broke the WebSocket protocol"));
    socket.on("close", () => {
      this.#reading.close();
      this.#output.close();
      this.#end();
    });
  }

  /** Bytes that wait for the client. */
  get waitingBytes(): number {
    return this.#output.waitingBytes;
  }

  /** Whether nothing of the client is under way. */
  get isIdle(): boolean {
    return this.#sends.unanswered === 0;
  }

  push(_offset: number, frame: string): void {
    this.#output.push(frame);
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

  #received(bytes: Buffer): void {
    if (this.#isEnded) return;
    this.#begun();
    this.#heartbeat.heard();
    if (this.#tokens.holdsBack(bytes)) return;
    const refusal = this.#limit.refusedAgain(bytes.length);
    if (refusal) return this.#refuseAgain(bytes, refusal);
    const members = jsonMistake(bytes) === undefined ? rawMembers(bytes) : undefined;
    try {
      this.#limit.take(bytes.length);
      if (!members) throw new Refusal(`A frame must be a JSON object${mistakeOf(bytes)}.`);
      this.#take(clientFrameOf(members));
    } catch (thrown) {
      if (!this.#live && members && !members.has("name")) this.#refuseConnect(thrown);
      else this.#fail(members && refOfAny(members), thrown);
    }
  }

  #take(frame: ClientFrame): void {
    if (frame.kind === "connect") return this.#connect(frame);
    const live = this.#live ?? this.#startPlain(frame);
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
        return this.#tokens.start(
          frame.token,
          (user) => this.#refresh(live, user, frame.ref),
          (error) => this.#fail(frame.ref, error),
        );
    }
  }

  #startPlain(frame: ClientFrame): LiveSession {
    // Also of one that is refused: it would not understand why.
    if (frame.kind === "message") this.#isPlain = true;
    const live = startPlain(frame, this.#host, this);
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
    this.#tokens.start(frame.token, open, (error) => this.#refuseConnect(error));
  }

  #open(frame: ConnectFrame, user: User | undefined): void {
    const { live, welcome } = startConnected(frame, this.#host, user, this);
    this.#live = live;
    welcome((told) => {
      this.#tell(told);
      this.#host.handled("connect", undefined);
      if (!this.#isEnded) live.start();
    });
  }

  #refuseConnect(thrown: unknown): void {
    const error = failureOf(thrown);
    this.#fail(undefined, error);
    const { code, text } = endingOf(error);
    this.end(code, text);
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

  get #keys(): Keys {
    const session = this.#live?.session;
    return {
      connection: this.#host.name,
      ...(session && { session: session.id }),
      ...(session?.user && { user: session.user.id }),
      address: this.#host.address,
    };
  }

  /** A frame beyond the limits, as the one before it, gets the same answer. */
  #refuseAgain(bytes: Buffer, problem: object): void {
    this.#host.handled("frame", "rate_limited");
    const members = isJson(bytes) ? rawMembers(bytes) : undefined;
    this.#tell(problemFrame(members && refOfAny(members), problem));
    this.#limit.refuseAgain(bytes.length);
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
    if (!this.#isPlain && !this.#isEnded) this.#output.tell(frame);
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
