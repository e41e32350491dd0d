import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { addressGroup, type Share } from "@exosphere/collections";
import {
  type Access,
  answerMalformed,
  answerPreflight,
  type CallerGuard,
  ConnectedClients,
  type CorsOptions,
  callerGuard,
  closeGently,
  exposeToPage,
  isPreflight,
  type Route,
  Router,
  sendStatusProblem,
} from "@exosphere/http";
import { createServer } from "@exosphere/http/node-http";
import { headersFrom } from "@exosphere/message";
import type { ExoError } from "@exosphere/proto";
import type { Log } from "@exosphere/telemetry";
import type { Desk } from "../core/desk.ts";
import type { Origins } from "../core/origins.ts";
import type { ClientAddresses } from "./client-address.ts";
import { Exchange } from "./exchange.ts";

/** What the gateway serves over HTTP. */
export interface ClientEndpoint extends Route {
  /** What it is called in metrics. */
  readonly route: string;
  /** What it throws becomes the answer. */
  readonly handle: (exchange: Exchange) => void;
}

/** What the edge needs. */
export interface ClientEdgeOptions {
  readonly endpoints: readonly ClientEndpoint[];
  /** Address that the gateway listens on. */
  readonly listensOn: string;
  /** Names, beside loopback and `listensOn`, under which the gateway may be called. */
  readonly hosts: readonly string[];
  readonly origins: Origins;
  readonly addresses: ClientAddresses;
  readonly desk: Desk;
  /** TCP connections. */
  readonly connections: Share<"address">;
  /** Time that headers, and a whole request, may take to arrive, in milliseconds. */
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly answered: (route: string, status: number, seconds: number) => void;
  readonly log: Log;
}

/** How often Node looks for requests that take too long, in milliseconds. */
const timeoutCheckMs = 1_000;

/** What pages of allowed origins may send and read. */
const cors: CorsOptions = {
  methods: ["GET", "POST", "DELETE"],
  allowedHeaders: [
    ...["authorization", "content-type", "content-encoding", "idempotency-key", "last-event-id", "exo-session"],
    ...headersFrom("clientHeaders"),
  ],
  exposedHeaders: ["idempotency-replayed", "ratelimit", "ratelimit-policy", "retry-after", "www-authenticate"],
};

/** The HTTP server of the gateway, not listening yet. */
export class ClientEdge {
  readonly server: Server;
  readonly #options: ClientEdgeOptions;
  readonly #guard: CallerGuard;
  readonly #router: Router<ClientEndpoint>;
  #connections = 0;
  readonly #names = new WeakMap<object, string>();
  readonly #open = new ConnectedClients<Exchange>();

  constructor(options: ClientEdgeOptions) {
    this.#options = options;
    this.#guard = callerGuard({ ...options, hostsSetting: "--allow-hosts", originsSetting: "--allow-origins" });
    this.#router = new Router(options.endpoints, { elsewhere: "public", alsoServed: ["WebSocket /v1/socket"] });
    const { headersTimeoutMs, requestTimeoutMs } = options;
    this.server = createServer({
      headersTimeout: Math.min(headersTimeoutMs, requestTimeoutMs),
      requestTimeout: requestTimeoutMs,
      connectionsCheckingInterval: Math.min(timeoutCheckMs, headersTimeoutMs, requestTimeoutMs),
      keepAliveTimeout: 30_000,
      shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === "websocket",
    });
    this.server.on("connection", (socket: Socket) => this.#count(socket));
    closeGently(this.server);
    answerMalformed(this.server, () => false);
    this.server.on("request", (request, response) => this.#serve(request, response));
  }

  /** Resolves once every caller has its answer, or the signal fires. */
  idled(deadline: AbortSignal): Promise<void> {
    return this.#open.until(() => false, deadline);
  }

  /** Why a caller is refused before anything is looked at: its Host, or the page that it calls from. */
  refusalOf(request: IncomingMessage, access: Access): ExoError | undefined {
    return this.#guard(request, access);
  }

  #serve(request: IncomingMessage, response: ServerResponse): void {
    const { desk, log, addresses, answered } = this.#options;
    const startedMs = performance.now();
    const match = this.#router.find(request);
    const exchange = new Exchange({
      request,
      response,
      match,
      address: addresses.of(request),
      connection: addresses.isProxy(request.socket) ? undefined : this.#nameOf(request.socket),
      desk,
      log,
    });
    this.#open.add(exchange);
    response.once("close", () => {
      this.#open.delete(exchange);
      const status = response.headersSent ? response.statusCode : 499;
      answered(match.route?.route ?? "other", status, (performance.now() - startedMs) / 1000);
    });
    exchange.attempt(() => {
      const asks = isPreflight(request);
      const refused = this.refusalOf(request, asks ? "public" : match.access);
      if (refused) throw refused;
      // Caches must not hand a page what was meant for another, or in a form that it does not take.
      response.setHeader("vary", "origin, accept-encoding");
      exposeToPage(request, response, cors);
      if (asks) answerPreflight(response, cors);
      else if (match.route) match.route.handle(exchange);
      else if (isLostUpgrade(request, match.path)) sendUpgradeRequired(response);
      else this.#router.answerUnserved(request, response);
    });
  }

  /** Closes a connection beyond the share of its address. Nothing has been read of it yet, so it gets no answer. */
  #count(socket: Socket): void {
    const { addresses, connections } = this.#options;
    // A proxy brings many clients, each of whom is counted by its own address elsewhere.
    const holders = { address: addresses.isProxy(socket) ? undefined : addressGroup(socket.remoteAddress ?? "") };
    if (connections.take(holders) !== undefined) return void socket.destroy();
    socket.once("close", () => connections.release(holders));
  }

  #nameOf(socket: object): string {
    let name = this.#names.get(socket);
    if (name === undefined) {
      this.#connections += 1;
      name = `http ${this.#connections}`;
      this.#names.set(socket, name);
    }
    return name;
  }
}

/** A WebSocket whose `Upgrade` was dropped on the way: proxies do that unless they are told otherwise. */
function isLostUpgrade({ method, headers }: IncomingMessage, path: string): boolean {
  if (method !== "GET") return false;
  return path === "/v1/socket" || (path === "/" && headers["sec-websocket-key"] !== undefined);
}

/** RFC 9110, section 15.5.22. */
function sendUpgradeRequired(response: ServerResponse): void {
  const detail =
    "This is the address of a WebSocket, and the request has no 'Upgrade: websocket'. A proxy on the way may have dropped it: it has to pass on Upgrade and Connection, over HTTP/1.1 (docs/proxies.md).";
  sendStatusProblem(response, 426, detail, { headers: { upgrade: "websocket", connection: "Upgrade" } });
}
