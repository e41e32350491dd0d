import { isUtf8 } from "node:buffer";
import { Heartbeat, type HeartbeatTimes } from "@exosphere/http";
import { jsonForApp, type Members, Refusal } from "@exosphere/message";
import { jsonMistake, rawMembers } from "@exosphere/message/json";
import { ExoError } from "@exosphere/proto";
import { formatDurationMs } from "@exosphere/settings";
import type { Log, Notices } from "@exosphere/telemetry";
import {
  type AppFrame,
  appFrameOf,
  claimedSender,
  type SocketOptions,
  subjectOf,
  wishesOf,
} from "../core/app-frame.ts";
import type { Incoming } from "../core/bus.ts";
import { OutstandingDeliveries } from "../core/outstanding.ts";
import { RequestTurns } from "../core/request-turns.ts";
import type { Seat, Seats, Taker } from "../core/seat.ts";
import type { QuietSocket } from "./quiet-socket.ts";
import type { SocketObserver } from "./socket-observer.ts";
import { SocketOutput } from "./socket-output.ts";
import { SocketPublishes } from "./socket-publishes.ts";
import { SocketRefusals } from "./socket-refusals.ts";

/** Codes with which this process closes a WebSocket: RFC 6455 section 7.4.1, and IANA's registry. */
export const closeCodes = { invalidData: 1007, policyViolation: 1008, serviceRestart: 1012 } as const;

/** What a socket needs from the edge around it. */
export interface ServiceSocketHost {
  readonly seats: Seats;
  readonly maxPayloadBytes: number;
  /** Bytes that may wait for a client that does not read, before the connection ends. */
  readonly maxUnreadBytes: number;
  /** Unsettled deliveries that a client is given. */
  readonly concurrency: () => number;
  readonly heartbeat: HeartbeatTimes;
  readonly after: (delayMs: number, run: () => void) => () => void;
  readonly observer: SocketObserver;
  readonly notices: Notices;
  readonly log: Log;
  /** Something that was under way has ended. */
  progressed(): void;
  ended(socket: ServiceSocket): void;
}

/** A registered socket's place and what it was given. */
interface Registered {
  readonly role: string;
  readonly seat: Seat;
  readonly deliveries: OutstandingDeliveries;
  readonly turns: RequestTurns;
}

const noOptions: SocketOptions = { errors: false, settle: false };

/** One WebSocket of an app at `/services`: its frames are in docs/reference/websocket.md. */
export class ServiceSocket implements Taker {
  readonly #socket: QuietSocket;
  readonly #host: ServiceSocketHost;
  readonly #heartbeat: Heartbeat;
  readonly #refusals: SocketRefusals;
  readonly #publishes: SocketPublishes;
  readonly #output: SocketOutput;
  #options = noOptions;
  #registered: Registered | undefined;
  #isEnded = false;

  constructor(socket: QuietSocket, host: ServiceSocketHost) {
    this.#socket = socket;
    this.#host = host;
    this.#heartbeat = new Heartbeat({
      ...host.heartbeat,
      after: host.after,
      ping: () => socket.ping(),
      isReading: () => !socket.isPaused,
      vanished: () => {
        host.log.info({ registeredAs: this.#registered?.role }, "a WebSocket did not answer a ping: it is ended");
        this.#end();
        socket.terminate();
      },
    });
    this.#refusals = new SocketRefusals({
      role: () => this.#registered?.role,
      understands: () => this.#options.errors && !this.#isEnded,
      send: (frame) => this.#output.send(frame, () => {}),
      notices: host.notices,
      log: host.log,
    });
    this.#publishes = new SocketPublishes({
      socket,
      maxPayloadBytes: host.maxPayloadBytes,
      observer: host.observer,
      refusals: this.#refusals,
      progressed: () => host.progressed(),
    });
    this.#output = new SocketOutput({
      socket,
      maxUnreadBytes: host.maxUnreadBytes,
      slowChanged: () => this.#isEnded || this.#registered?.seat.windowChanged(),
      overflowed: (bytes) => this.#cutOff(bytes),
    });
    socket.on("message", (bytes: Buffer, isBinary: boolean) => this.#received(bytes, isBinary));
    socket.on("pong", () => this.#heartbeat.heard());
    socket.on("error", (error) => host.notices.warn({ reason: error.message }, "a WebSocket broke the protocol"));
    socket.onGoodbye = () => this.#depart();
    socket.on("close", () => this.#end());
  }

  /** How many unsettled deliveries it takes. */
  get window(): number {
    return this.#isEnded || this.#output.isSlow ? 0 : this.#host.concurrency();
  }

  /** Whether it has settled everything that it was given. */
  get isIdle(): boolean {
    return this.#registered?.deliveries.isEmpty ?? true;
  }

  /** Whether somebody waits for a reply that it may still send. */
  get owesReplies(): boolean {
    return this.#registered?.seat.received.owes(performance.now()) ?? false;
  }

  /** Bytes that wait for the client. */
  get waitingBytes(): number {
    return this.#output.waitingBytes;
  }

  /** Gives a message to the app. */
  deliver(incoming: Incoming): void {
    if (!this.#registered) return;
    const { deliveries, seat, turns } = this.#registered;
    // Without a name: the routes changed while it was under way, and the role no longer receives it.
    if (this.#isEnded || incoming.name === "") return seat.settle(incoming, "returned");
    turns.take(incoming, () => this.#give(incoming, deliveries));
  }

  #give(incoming: Incoming, deliveries: OutstandingDeliveries): void {
    const written = deliveries.add(incoming, incoming.id);
    this.#output.send(jsonForApp(incoming), (error) => {
      written(error);
      this.#host.progressed();
    });
  }

  /** A message of the client has not arrived in time: what has come of it is not kept for ever. */
  expired(withinMs: number): void {
    const detail = `A message did not arrive within ${formatDurationMs(withinMs)}: send it faster, or raise --request-timeout.`;
    this.#host.notices.warn(
      { registeredAs: this.#registered?.role },
      "a message of a WebSocket did not arrive in time",
    );
    this.#reject(new ExoError("INVALID_MESSAGE", detail));
  }

  /** Takes no more deliveries, as this process is about to shut down. */
  drain(): void {
    if (!this.#registered) return;
    const { seat, turns } = this.#registered;
    seat.windowChanged();
    for (const incoming of turns.release()) seat.settle(incoming, "returned");
  }

  /** Ends it as this process shuts down. */
  close(): void {
    this.#leave(closeCodes.serviceRestart, "This process shuts down. Connect again.");
  }

  #received(bytes: Buffer, isBinary: boolean): void {
    if (this.#isEnded) return;
    this.#heartbeat.heard();
    const members = jsonMistake(bytes) === undefined ? rawMembers(bytes) : undefined;
    if (!members) {
      this.#refusals.refuse(new ExoError("INVALID_MESSAGE", mistakeOf(bytes)));
      // RFC 6455, section 8.1: a text that is not UTF-8 fails the connection. Clients that do not survive a close frame lose the frame alone.
      if (!isBinary && this.#options.errors && !isUtf8(bytes))
        this.#leave(closeCodes.invalidData, "A text frame is not UTF-8.");
      return;
    }
    if (!this.#registered) this.#heed(wishesOf(members));
    try {
      this.#take(appFrameOf(members), members);
    } catch (thrown) {
      const error = thrown instanceof Refusal ? new ExoError("INVALID_MESSAGE", thrown.message) : ExoError.from(thrown);
      this.#refusals.refuse(error, subjectOf(members));
    }
  }

  #take(frame: AppFrame, members: Members): void {
    if (frame.kind === "registration") return this.#register(frame.role);
    if (!this.#registered) return this.#refuseUnregistered(frame, members);
    if (frame.kind === "settlement") {
      if (this.#registered.deliveries.settle(frame.id, frame.outcome)) return this.#host.progressed();
      throw new Refusal(`No message with the id '${frame.id}' waits for its settlement here.`);
    }
    this.#publishes.publish(frame.draft, members, this.#registered.role, this.#registered.seat);
  }

  /** What a registration asks for holds from then on, whether or not the rest of it is right. */
  #heed(options: SocketOptions | undefined): void {
    if (!options) return;
    this.#options = options;
    this.#socket.survivesClose = options.errors;
  }

  #register(role: string): void {
    const { seats, observer, notices, after } = this.#host;
    if (this.#registered) {
      if (this.#registered.role === role) return;
      notices.warn(
        { registeredAs: this.#registered.role },
        `a WebSocket registered a second time, as '${role}': it is ended`,
      );
      const detail = `This socket is registered as '${this.#registered.role}'. Open another one for '${role}'.`;
      return this.#reject(new ExoError("NOT_ALLOWED", detail, { facts: { role } }));
    }
    try {
      const seat = seats.take(role, this);
      const clock = { now: () => performance.now(), after };
      const deliveries = new OutstandingDeliveries({ seat, observer, settlesItself: this.#options.settle, clock });
      const expired = (incoming: Incoming) => seat.settle(incoming, "returned");
      const turns = new RequestTurns({ received: seat.received, habit: "later", clock, expired });
      this.#registered = { role, seat, deliveries, turns };
      seat.windowChanged();
    } catch (thrown) {
      const error = ExoError.from(thrown);
      notices.warn({ wantedRole: role, reason: error.reason }, `refused a registration: ${error.detail}`);
      if (this.#options.errors) this.#reject(error);
    }
  }

  #refuseUnregistered(frame: Exclude<AppFrame, { kind: "registration" }>, members: Members): void {
    const detail =
      'This socket is not registered. Its first frame must be {"name":"exocom.register-service","sender":"<role>"}.';
    const error = new ExoError("NOT_ALLOWED", detail);
    if (frame.kind === "message")
      this.#publishes.refuse(claimedSender(members), frame.draft.name, error, subjectOf(members));
    else this.#refusals.refuse(error, subjectOf(members));
  }

  /** Ends the connection for what the client did. */
  #reject(error: ExoError): void {
    this.#refusals.tell(error);
    this.#leave(closeCodes.policyViolation, error.reason);
  }

  /** Ends the connection: with a close frame if the client survives one. */
  #leave(code: number, reason: string): void {
    this.#end();
    if (this.#options.errors) this.#socket.close(code, reason);
    else this.#socket.terminate();
  }

  #cutOff(bytes: number): void {
    if (this.#isEnded) return;
    this.#host.log.warn(
      { registeredAs: this.#registered?.role, bytes },
      "a WebSocket does not read what it is sent: it is ended",
    );
    this.#end();
    this.#socket.terminate();
  }

  /** The client says goodbye. What it has not been sent goes elsewhere, and so must not be sent any more. */
  #depart(): void {
    if (this.#isEnded) return;
    const isBehind = this.waitingBytes > 0;
    this.#end();
    if (isBehind) this.#socket.terminate();
  }

  /** Nothing reaches the app by this socket any more. */
  #end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#heartbeat.close();
    if (this.#registered) {
      const { seat, deliveries, turns } = this.#registered;
      // No credit first, then the messages: else the bus would give them straight back.
      seat.windowChanged();
      for (const incoming of turns.close()) seat.settle(incoming, "returned");
      deliveries.giveUp();
      seat.leave();
    }
    this.#host.ended(this);
  }
}

function mistakeOf(bytes: Buffer): string {
  const mistake = jsonMistake(bytes);
  return mistake === undefined
    ? "A frame must be a JSON object."
    : `A frame must be a JSON object (RFC 8259): ${mistake}.`;
}
