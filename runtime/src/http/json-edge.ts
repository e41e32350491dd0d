import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { ExoError } from "@exosphere/proto";
import type { Log } from "../log.ts";
import { Refusal } from "../message/refusal.ts";
import { hostGuard } from "./host-guard.ts";
import { sendProblem, sendStatusProblem } from "./send-problem.ts";

/** Answers one request. `rest` is what follows the endpoint's path, still encoded. What it throws becomes the answer. */
export type Handler = (request: IncomingMessage, response: ServerResponse, rest: string) => void;

/** What the edge serves: by method and path. A path that ends in `/` takes everything below it. */
export interface Endpoint {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly handle: Handler;
}

/** What the JSON edge needs. */
export interface JsonEdgeOptions {
  readonly endpoints: readonly Endpoint[];
  /** Host names, beside loopback, under which the edge may be called. */
  readonly hosts: readonly string[];
  /** Origins of web pages that may call it. */
  readonly origins: readonly string[];
  readonly log: Log;
}

/** Connections of the app at once: as many as requests may wait by default, and some to send meanwhile. More are closed. */
const maxConnections = 10_240;

/** The HTTP server that the app talks to. Not listening yet. */
export function createJsonEdge({ endpoints, hosts, origins, log }: JsonEdgeOptions): Server {
  const guard = hostGuard({ hosts, origins });
  // Limits against clients that dawdle: headers within 10 s, a whole request within 60 s; Node's own defaults are 60 and 300.
  const server: Server = createServer({
    headersTimeout: 10_000,
    requestTimeout: 60_000,
    keepAliveTimeout: 30_000,
    // Java's HttpClient asks for h2c with every request: only who asks for a WebSocket, where there are any, means it.
    shouldUpgradeCallback: ({ headers }) =>
      headers.upgrade?.toLowerCase() === "websocket" && server.listenerCount("upgrade") > 0,
  });
  server.maxConnections = maxConnections;
  server.on("request", (request, response) => {
    try {
      const refused = guard(request);
      if (refused) throw refused;
      const path = pathOf(request.url ?? "/");
      const endpoint = endpoints.find((each) => serves(each, request.method, path));
      if (endpoint) endpoint.handle(request, response, path.slice(endpoint.path.length));
      else sendNotFound(response, request, endpoints, path);
    } catch (error) {
      refuse(response, error, log);
    }
  });
  return server;
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
    .map((each) => `${each.method} ${each.path}${each.path.endsWith("/") ? "<name>" : ""}`)
    .join(", ");
  // The rest of a body that nobody reads must not be taken for the next request.
  const headers = request.headers["content-length"] === undefined ? {} : { connection: "close" };
  const detail = `There is no ${request.method} ${path} here. There is: ${list}.`;
  if (allowed.length === 0) sendStatusProblem(response, 404, detail, { headers });
  else sendStatusProblem(response, 405, detail, { headers: { ...headers, allow: allowed.join(", ") } });
}
