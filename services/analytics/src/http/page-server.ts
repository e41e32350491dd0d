import type { IncomingMessage, ServerResponse } from "node:http";
import {
  type AcceptedTokens,
  answerRoutes,
  type CallerGuard,
  ConnectionCount,
  callerGuard,
  closeGently,
  type ListenOptions,
  listen,
  Router,
  sendProblem,
  sendStatusProblem,
} from "@exosphere/http";
import { createServer } from "@exosphere/http/node-http";
import type { Log } from "@exosphere/telemetry";
import { Api, type ApiOptions } from "./api.ts";
import { type StaticFile, StaticFiles } from "./static-files.ts";

/** Where the page is served, to whom, and what it shows. */
export interface PageServerOptions extends ListenOptions, ApiOptions {
  readonly allowHosts: readonly string[];
  /** One of them is demanded for everything but the page itself, which holds nothing. */
  readonly tokens: AcceptedTokens | undefined;
  readonly log: Log;
}

/** Connections at once: pages of some dozens of people, with up to 1 MiB that waits for each. More are closed. */
const maxConnections = 200;

/** A page server that listens. */
export interface PageServer {
  readonly port: number;
  readonly connections: ConnectionCount;
  close(): void;
}

/** Serves the dashboard. Throws a StartError if the port cannot be bound. */
export async function startPageServer(options: PageServerOptions): Promise<PageServer> {
  const { host, allowHosts, tokens, log } = options;
  const files = new StaticFiles();
  const guard = callerGuard({
    listensOn: host,
    hosts: allowHosts,
    hostsSetting: "--allow-hosts",
    servesPage: true,
    tokens,
    tokenName: "the token of the dashboard, that of --token-file",
  });
  const headers = {
    "content-security-policy": files.policy,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
  };
  const answerApi = answerRoutes(new Router(new Api(options).endpoints), guard, log);
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (!request.url?.startsWith("/api/")) return answerPage(request, response, guard, files, log);
    response.setHeader("cache-control", "no-store");
    answerApi(request, response);
  };
  // Time-outs as at the admin ports: whoever dawdles must not keep its connection.
  const server = createServer({ headersTimeout: 10_000, requestTimeout: 60_000, keepAliveTimeout: 30_000 });
  closeGently(server);
  server.on("request", answer);
  server.maxConnections = maxConnections;
  const connections = new ConnectionCount(server);
  const port = await listen(server, options);
  return {
    port,
    connections,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The page holds nothing that is anybody's: everybody may have it whom the guard lets pass. */
function answerPage(
  request: IncomingMessage,
  response: ServerResponse,
  guard: CallerGuard,
  files: StaticFiles,
  log: Log,
): void {
  const refusal = guard(request, "public");
  if (refusal) return sendProblem(response, refusal, log);
  const file = files.get(request.url?.split("?", 1)[0] ?? "/");
  if (file) return sendFile(request, response, file);
  sendStatusProblem(response, 404, "Nothing is here but the page.");
}

function sendFile(request: IncomingMessage, response: ServerResponse, { mediaType, body, etag }: StaticFile): void {
  const headers = { etag, "cache-control": "no-cache" };
  if (request.headers["if-none-match"] === etag) response.writeHead(304, headers).end();
  else response.writeHead(200, { ...headers, "content-type": mediaType, "content-length": body.byteLength }).end(body);
}
