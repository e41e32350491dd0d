import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { headersFrom, Refusal } from "@exosphere/message";
import { ExoError } from "@exosphere/proto";
import type { Log } from "@exosphere/telemetry";
import { type CallerGuard, callerGuard } from "./caller-guard.ts";
import { answerPreflight, type CorsOptions, exposeToPage, isPreflight } from "./cors.ts";
import { closeGently } from "./gentle-close.ts";
import { answerMalformed } from "./malformed-request.ts";
import { createServer } from "./node-http.ts";
import type { Access } from "./page-check.ts";
import { roleHeader } from "./role-header.ts";
import { sendProblem, sendStatusProblem } from "./send-problem.ts";
import type { AcceptedTokens } from "./token-guard.ts";

/** Answers one request. `rest` is what follows the endpoint's path, still encoded. What it throws becomes the answer. */
export type Handler = (request: IncomingMessage, response: ServerResponse, rest: string) => void;

/** What the edge serves: by method and path. A path that ends in `/` takes everything below it. */
export interface Endpoint {
  readonly method: "GET" | "POST";
  readonly path: string;
  /** What stands behind a path that ends in `/`, for people. Default: "name". */
  readonly rest?: string;
  /** What it lets callers do, from which follows who may call. Default: `change`. */
  readonly access?: Access;
  /** Its requests may take as long as they like to arrive, as they are dealt with piece by piece. It sees to pauses itself. */
  readonly isStreamed?: boolean;
  readonly handle: Handler;
}

/** What the JSON edge needs. */
export interface JsonEdgeOptions {
  readonly endpoints: readonly Endpoint[];
  /** Address that the edge listens on. */
  readonly listensOn?: string;
  /** Host names, beside loopback and `listensOn`, under which the edge may be called. */
  readonly hosts: readonly string[];
  /** Origins of web pages that may call it. */
  readonly origins: readonly string[];
  /** Tokens of which callers must present one. Undefined: none is asked for. */
  readonly tokens?: AcceptedTokens | undefined;
  /** Time that headers may take to arrive, in milliseconds. Default: 10 s, as in `edgeSettings`. */
  readonly headersTimeoutMs?: number;
  /** Time that a whole request may take to arrive, in milliseconds. Default: 60 s. */
  readonly requestTimeoutMs?: number;
  /** Connections at once; more are closed. Default: 10,240, as in `edgeSettings`. */
  readonly maxConnections?: number;
  readonly log: Log;
}

/** How often Node looks for requests that take too long, in milliseconds, unless they may take less than that. */
const timeoutCheckMs = 1_000;

/** What pages of allowed origins may send and read. */
const cors: CorsOptions = {
  methods: ["GET", "POST"],
  allowedHeaders: ["authorization", "content-type", ...headersFrom("appHeaders"), roleHeader],
  exposedHeaders: ["allow", "retry-after", "www-authenticate"],
};

/** The check that every call of an edge has to pass, WebSockets as well. */
export function edgeGuard(options: Pick<JsonEdgeOptions, "listensOn" | "hosts" | "origins" | "tokens">): CallerGuard {
  return callerGuard({
    ...options,
    hostsSetting: "--allow-hosts",
    originsSetting: "--allow-origins",
    tokenName: "the token of this process, as EXOCOM_TOKEN has it for its app",
  });
}

/** The HTTP server that the app talks to. Not listening yet. */
export function createJsonEdge(options: JsonEdgeOptions): Server {
  const { endpoints, log, headersTimeoutMs = 10_000, requestTimeoutMs = 60_000 } = options;
  const guard = edgeGuard(options);
  /** By their connections: requests that are dealt with piece by piece, unless another came behind them. */
  const streamed = new WeakMap<Duplex, IncomingMessage>();
  const server: Server = createServer({
    headersTimeout: Math.min(headersTimeoutMs, requestTimeoutMs),
    requestTimeout: requestTimeoutMs,
    connectionsCheckingInterval: Math.min(timeoutCheckMs, headersTimeoutMs, requestTimeoutMs),
    keepAliveTimeout: 30_000,
    // Java's HttpClient asks for h2c with every request: only who asks for a WebSocket, where there are any, means it.
    shouldUpgradeCallback: ({ headers }) =>
      headers.upgrade?.toLowerCase() === "websocket" && server.listenerCount("upgrade") > 0,
  });
  server.maxConnections = options.maxConnections ?? 10_240;
  closeGently(server);
  // Once such a request has arrived, it is the next one of its connection that takes too long.
  answerMalformed(server, (connection) => streamed.get(connection)?.complete === false);
  server.on("request", (request, response) => {
    try {
      const path = pathOf(request.url ?? "/");
      const endpoint = endpoints.find((each) => serves(each, request.method, path));
      if (isPreflight(request)) return preflight(guard, request, response);
      // A path that leads nowhere changes nothing: people in a browser get the list of those that there are.
      admit(guard, endpoint ? (endpoint.access ?? "change") : "read", request, response);
      streamed.delete(request.socket);
      if (endpoint) endpoint.handle(request, response, path.slice(endpoint.path.length));
      else sendNotFound(response, request, endpoints, path);
      // Nobody sees to the pauses of one that was refused.
      if (endpoint?.isStreamed) streamed.set(request.socket, request);
    } catch (error) {
      refuse(response, error, log);
    }
  });
  return server;
}

/** Lets a request pass, or throws why not. A page that is allowed may read the answer, also that its token is wrong. */
function admit(guard: CallerGuard, access: Access, request: IncomingMessage, response: ServerResponse): void {
  const refused = guard(request, access);
  if (request.headers.origin !== undefined && refused?.reason !== "NOT_ALLOWED") {
    response.setHeader("vary", "origin");
    exposeToPage(request, response, cors);
  }
  if (refused) throw refused;
}

/** A browser sends no token with the question what a page may send. */
function preflight(guard: CallerGuard, request: IncomingMessage, response: ServerResponse): void {
  admit(guard, "public", request, response);
  answerPreflight(response, cors);
}

/** Whatever was thrown as an error of the catalogue. */
export function errorOf(thrown: unknown): ExoError {
  return thrown instanceof Refusal ? new ExoError("INVALID_MESSAGE", thrown.message) : ExoError.from(thrown);
}

/** Answers with the problem that an error is. */
export function refuse(response: ServerResponse, thrown: unknown, log: Log): void {
  if (response.headersSent || response.destroyed) return;
  sendProblem(response, errorOf(thrown), log);
}

function pathOf(url: string): string {
  const query = url.indexOf("?");
  return query === -1 ? url : url.slice(0, query);
}

function matches(endpoint: Endpoint, path: string): boolean {
  return endpoint.path.endsWith("/") ? path.startsWith(endpoint.path) : path === endpoint.path;
}

function serves(endpoint: Endpoint, method: string | undefined, path: string): boolean {
  return endpoint.method === method && matches(endpoint, path);
}

function sendNotFound(
  response: ServerResponse,
  request: IncomingMessage,
  endpoints: readonly Endpoint[],
  path: string,
): void {
  const allowed = endpoints.filter((endpoint) => matches(endpoint, path)).map(({ method }) => method);
  const list = endpoints
    .map(({ method, path: served, rest = "name" }) => `${method} ${served}${served.endsWith("/") ? `<${rest}>` : ""}`)
    .join(", ");
  // The rest of a body that nobody reads must not be taken for the next request.
  const headers = request.headers["content-length"] === undefined ? {} : { connection: "close" };
  const detail = `There is no ${request.method} ${path} here. There is: ${list}.`;
  if (allowed.length === 0) sendStatusProblem(response, 404, detail, { headers });
  else sendStatusProblem(response, 405, detail, { headers: { ...headers, allow: allowed.join(", ") } });
}
