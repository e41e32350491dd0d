import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import {
  bearerToken,
  ConnectedClients,
  limitUnfinishedMessages,
  onUpgrade,
  refuseUpgrade,
  webSocketBounds,
} from "@exosphere/http";
import { STATUS_CODES } from "@exosphere/http/node-http";
import { type ExoError, problemOf, retryMsOf } from "@exosphere/proto";
import type { Log } from "@exosphere/telemetry";
import { type WebSocket, WebSocketServer } from "ws";
import { Denied } from "../core/denied.ts";
import type { Desk } from "../core/desk.ts";
import { closeCodes } from "../core/session.ts";
import type { User } from "../core/user.ts";
import { failureOf } from "../failure.ts";
import { ClientSocket } from "./client-socket.ts";

/** Where clients connect. The second is where those of the first generation did. */
const paths: ReadonlySet<string> = new Set(["/v1/socket", "/"]);

/** What a frame may have beside its payload, in bytes: name, ids and a token, as much as on the bus. */
const frameOverheadBytes = 64 * 1024;

/** What an upgrade counts for the requests of its address: it takes as long as some calls, and leaves a socket to end. */
const upgradeRequests = 10;

/** Messages below this are not compressed, in bytes. */
const compressFrom = 1024;

const notFound = {
  type: "about:blank",
  title: STATUS_CODES[404],
  status: 404,
  detail: "There is no WebSocket here, but at /v1/socket.",
};

/** What the WebSocket edge needs. */
export interface SocketEdgeOptions {
  readonly desk: Desk;
  /** Why an upgrade is refused, or undefined if it may pass. */
  readonly guard: (request: IncomingMessage) => ExoError | undefined;
  readonly addressOf: (request: IncomingMessage) => string;
  readonly isCompressing: boolean;
  /** How long the first frame may take to come, in milliseconds. */
  readonly firstFrameMs: number;
  /** How long a message may take from its first to its last byte, in milliseconds. */
  readonly messageTimeoutMs: number;
  /** A frame was dealt with: for metrics. */
  readonly handled: (kind: string, failed: string | undefined) => void;
  readonly log: Log;
}

/** The WebSockets of clients. */
export class SocketEdge {
  readonly #options: SocketEdgeOptions;
  readonly #clients = new ConnectedClients<ClientSocket>();
  readonly #upgrades: WebSocketServer;
  #count = 0;

  constructor(options: SocketEdgeOptions) {
    this.#options = options;
    this.#upgrades = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      ...webSocketBounds(options.desk.maxPayloadBytes + frameOverheadBytes),
      perMessageDeflate: options.isCompressing && {
        threshold: compressFrom,
        // Without a context of their own, messages compress less and clients cost 30 KiB instead of 300.
        serverNoContextTakeover: true,
        clientNoContextTakeover: true,
        concurrencyLimit: 4,
      },
    });
  }

  /** Open sockets. */
  get size(): number {
    return this.#clients.size;
  }

  /** Bytes that wait for clients. */
  get waitingBytes(): number {
    return this.#clients.waitingBytes;
  }

  /** Takes the upgrades of a server. */
  serve(server: Server): void {
    onUpgrade(server, (request, socket, head) => {
      if (!paths.has(request.url?.split("?", 1)[0] ?? "/")) return refuseUpgrade(socket, 404, notFound);
      const refuse = (thrown: unknown) => {
        const error = failureOf(thrown);
        const challenge: Record<string, string> =
          error.httpStatus === 401 ? { "www-authenticate": 'Bearer error="invalid_token"' } : {};
        const retryMs = retryMsOf(error);
        const retry: Record<string, string> =
          retryMs === undefined ? {} : { "retry-after": String(Math.ceil(retryMs / 1000)) };
        this.#options.handled("upgrade", error.reason.toLowerCase());
        refuseUpgrade(socket, error.httpStatus, problemOf(error), { ...challenge, ...retry });
      };
      const address = this.#options.addressOf(request);
      this.#admit(request, socket, address)
        .then((user) => {
          this.#upgrades.handleUpgrade(request, socket, head, (webSocket) =>
            this.#opened(webSocket, socket, request, address, user),
          );
        })
        .catch((thrown: unknown) => {
          const isLimited = thrown instanceof Denied && thrown.reason === "RATE_LIMITED";
          if (isLimited) this.#options.desk.lateRefusals.answer(address, () => refuse(thrown));
          else refuse(thrown);
        });
    });
  }

  /** Resolves once no client waits for anything, or the signal fires. */
  idled(deadline: AbortSignal): Promise<void> {
    return this.#clients.until((socket) => socket.isIdle, deadline);
  }

  /** Ends every socket. */
  close(code: number = closeCodes.restart, reason = "the gateway shuts down: come back"): void {
    for (const socket of this.#clients) socket.end(code, reason);
  }

  /** What costs nothing is checked first, and a signature last. Rejects with an ExoError or a Denied. */
  async #admit(request: IncomingMessage, socket: Duplex, address: string): Promise<User | undefined> {
    const { guard, desk } = this.#options;
    const refused = guard(request);
    if (refused) throw refused;
    if (desk.isDraining())
      throw new Denied("DRAINING", "The gateway is shutting down. Come back.", { retryAfterMs: 1000 });
    desk.limits.take({ address }, upgradeRequests, 0, desk.clock.now());
    socket.once("close", desk.connections.open(address));
    if (request.headers.authorization === undefined) return undefined;
    const token = bearerToken(request);
    if (token === undefined) throw new Denied("UNAUTHENTICATED", "The authorization must be 'Bearer <token>'.");
    return desk.verify(token, address);
  }

  #opened(
    webSocket: WebSocket,
    connection: Duplex,
    request: IncomingMessage,
    address: string,
    user: User | undefined,
  ): void {
    const { desk, firstFrameMs, messageTimeoutMs, handled, log } = this.#options;
    const session = request.headers["exo-session"];
    this.#count += 1;
    const socket = new ClientSocket(webSocket, {
      desk,
      name: `socket ${this.#count}`,
      address,
      user,
      session: typeof session === "string" ? session : undefined,
      firstFrameMs,
      log,
      handled,
      progressed: () => this.#clients.progressed(),
    });
    let isBroken = false;
    webSocket.once("error", () => {
      isBroken = true;
    });
    limitUnfinishedMessages({
      socket: connection,
      withinMs: messageTimeoutMs,
      after: (delayMs, run) => desk.clock.after(delayMs, run),
      isReading: () => !webSocket.isPaused,
      isRead: () => !isBroken,
      expired: () => socket.expired("a message did not arrive in time"),
      came: (extraFrames, messages) => socket.came(extraFrames, messages),
    });
    this.#clients.add(socket);
    webSocket.once("close", () => this.#clients.delete(socket));
  }
}
