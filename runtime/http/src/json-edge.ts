import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { headersFrom } from "@exosphere/message";
import type { Log } from "@exosphere/telemetry";
import { type CallerGuard, callerGuard } from "./caller-guard.ts";
import { answerPreflight, type CorsOptions, exposeToPage, isPreflight } from "./cors.ts";
import type { Endpoint } from "./endpoint.ts";
import { closeGently } from "./gentle-close.ts";
import { answerMalformed } from "./malformed-request.ts";
import { createServer } from "./node-http.ts";
import type { Access } from "./page-check.ts";
import { refuse } from "./refuse.ts";
import { roleHeader } from "./role-header.ts";
import { Router } from "./router.ts";
import type { AcceptedTokens } from "./token-guard.ts";

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
  const router = new Router(endpoints);
  server.on("request", (request, response) => {
    try {
      if (isPreflight(request)) return preflight(guard, request, response);
      const match = router.find(request);
      admit(guard, match.access, request, response);
      streamed.delete(request.socket);
      const answered = match.route?.handle(request, response, match);
      answered?.catch((error: unknown) => refuse(response, error, log));
      if (!match.route) router.answerUnserved(request, response);
      // Nobody sees to the pauses of one that was refused.
      if (match.route?.isStreamed) streamed.set(request.socket, request);
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
