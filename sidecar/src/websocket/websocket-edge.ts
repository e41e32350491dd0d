import type { Server as HttpServer, IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { defaultMaxUnreadBytes } from "@exosphere/frames";
import {
  type CallerGuard,
  ConnectedClients,
  type HeartbeatTimes,
  heartbeatTimes,
  limitUnfinishedMessages,
  onUpgrade,
  refuseUpgrade,
} from "@exosphere/http";
import { STATUS_CODES } from "@exosphere/http/node-http";
import { ExoError, problemOf } from "@exosphere/proto";
import { type Log, Notices } from "@exosphere/telemetry";
import type { Server } from "ws";
import type { Seats } from "../core/seat.ts";
import type { QuietSocket } from "./quiet-socket.ts";
import { ServiceSocket } from "./service-socket.ts";
import type { SocketObserver } from "./socket-observer.ts";

/** Where services connect. */
const servicesPath = "/services";

/** What a frame may have beside its payload, in bytes: name, ids and auth, as much as on the bus. */
const frameOverheadBytes = 64 * 1024;

/** How long a drain waits for replies of apps that are settled for, in milliseconds: a handler that takes longer is cut off. */
const replyMs = 2_000;

/** What the WebSocket edge needs. */
export interface WebSocketEdgeOptions {
  readonly seats: Seats;
  /** Decides who may open a WebSocket. */
  readonly guard: CallerGuard;
  readonly maxPayloadBytes: number;
  /** Sockets at once. */
  readonly maxSockets: number;
  /** Bytes that may wait for a client that does not read, before its connection ends. Default 16 MiB. */
  readonly maxUnreadBytes?: number;
  /** How long a message of a client may take to arrive, in milliseconds. Default: 60 s, as of any request. */
  readonly messageTimeoutMs?: number;
  /** Unsettled deliveries that each client is given. */
  readonly concurrency: number;
  readonly observer: SocketObserver;
  readonly log: Log;
  /** Default: every 25 s, 8 s to answer. */
  readonly heartbeat?: HeartbeatTimes;
  /** Calls `run` once, `delayMs` from now; returns what calls it off. Default: in real time. */
  readonly after?: (delayMs: number, run: () => void) => () => void;
}

/** The WebSockets of an HTTP server, at `/services`: its frames are in docs/reference/websocket.md. */
export class WebSocketEdge {
  readonly #options: WebSocketEdgeOptions;
  readonly #clients = new ConnectedClients<ServiceSocket>();
  readonly #notices: Notices;
  /** Made for the first upgrade: most apps have no WebSocket, and `ws` takes 10 ms and 1 MiB of a start. */
  #upgrades: Server<typeof QuietSocket> | undefined;
  /** Those that were turned away, as there were too many. */
  refused = 0;
  #isDraining = false;

  constructor(options: WebSocketEdgeOptions) {
    this.#options = options;
    const { log } = options;
    const more = (notices: number) => log.warn({ notices }, "more of what WebSockets sent was refused");
    this.#notices = new Notices({ log, more });
  }

  /** Open sockets. */
  get size(): number {
    return this.#clients.size;
  }

  /** Bytes that wait for clients which do not read fast enough. */
  get waitingBytes(): number {
    return this.#clients.waitingBytes;
  }

  /** Takes the upgrades of a server. */
  serve(server: HttpServer): void {
    onUpgrade(server, (request, socket, head) => {
      if (this.#upgrades) this.#upgrade(this.#upgrades, request, socket, head);
      // What the client sends until then waits in its socket, which nobody reads.
      else void this.#load().then((upgrades) => this.#upgrade(upgrades, request, socket, head));
    });
  }

  /**
   * Takes no new sockets. Resolves once the apps have settled everything that they were given, or `deadline` fires. Those who
   * are settled for are given a moment more for the replies that somebody waits for.
   */
  async idled(deadline: AbortSignal): Promise<void> {
    this.#isDraining = true;
    for (const socket of this.#clients) socket.drain();
    await this.#clients.until((socket) => socket.isIdle, deadline);
    await this.#clients.until(
      (socket) => !socket.owesReplies,
      AbortSignal.any([deadline, AbortSignal.timeout(replyMs)]),
    );
  }

  /** Ends every socket: with a close frame those that understand it. */
  close(): void {
    this.#isDraining = true;
    for (const socket of this.#clients) socket.close();
  }

  async #load(): Promise<Server<typeof QuietSocket>> {
    const { quietServer } = await import("./quiet-socket.ts");
    this.#upgrades ??= quietServer(this.#options.maxPayloadBytes + frameOverheadBytes);
    return this.#upgrades;
  }

  #upgrade(upgrades: Server<typeof QuietSocket>, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const refused = this.#refusalOf(request);
    if (refused) refuseUpgrade(socket, refused.status, refused.problem);
    else upgrades.handleUpgrade(request, socket, head, (webSocket) => this.#opened(webSocket, socket));
  }

  #refusalOf(request: IncomingMessage): { readonly status: number; readonly problem: object } | undefined {
    const { guard, maxSockets } = this.#options;
    const guarded = guard(request, "change");
    if (guarded) return { status: guarded.httpStatus, problem: problemOf(guarded) };
    if (request.url?.split("?", 1)[0] !== servicesPath) {
      const detail = `There is no WebSocket at ${request.url}, but at ${servicesPath}.`;
      return { status: 404, problem: { type: "about:blank", title: STATUS_CODES[404], status: 404, detail } };
    }
    let error: ExoError | undefined;
    if (this.#isDraining) error = new ExoError("DRAINING", "This process is shutting down. Connect later.");
    else if (this.#clients.size >= maxSockets) {
      this.refused += 1;
      const detail = `${maxSockets} WebSockets are open already: end some first, or raise --max-websockets.`;
      error = new ExoError("RATE_LIMITED", detail, { retryAfterMs: 1000, facts: { limit: maxSockets } });
    }
    return error && { status: error.httpStatus, problem: problemOf(error) };
  }

  #opened(webSocket: QuietSocket, connection: Duplex): void {
    const {
      seats,
      maxPayloadBytes,
      maxUnreadBytes = defaultMaxUnreadBytes,
      concurrency,
      observer,
      log,
    } = this.#options;
    const { heartbeat = heartbeatTimes, after = afterRealTime, messageTimeoutMs = 60_000 } = this.#options;
    const socket = new ServiceSocket(webSocket, {
      seats,
      maxPayloadBytes,
      maxUnreadBytes,
      concurrency: () => (this.#isDraining ? 0 : concurrency),
      heartbeat,
      after,
      observer,
      notices: this.#notices,
      log,
      progressed: () => this.#clients.progressed(),
      ended: (ended) => this.#clients.delete(ended),
    });
    limitUnfinishedMessages({
      socket: connection,
      withinMs: messageTimeoutMs,
      after,
      isReading: () => !webSocket.isPaused,
      expired: () => socket.expired(messageTimeoutMs),
    });
    this.#clients.add(socket);
  }
}

function afterRealTime(delayMs: number, run: () => void): () => void {
  const timer = setTimeout(run, delayMs);
  return () => clearTimeout(timer);
}
