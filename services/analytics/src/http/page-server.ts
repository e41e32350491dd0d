import type { IncomingMessage, ServerResponse } from "node:http";
import {
  type AcceptedTokens,
  answerRoutes,
  ConnectionCount,
  callerGuard,
  closeGently,
  type ListenOptions,
  listen,
  Router,
  sendProblem,
} from "@exosphere/http";
import { createServer } from "@exosphere/http/node-http";
import type { Log } from "@exosphere/telemetry";
import { Api, type ApiOptions } from "./api.ts";
import { contentSecurityPolicy, openPage } from "./page-files.ts";

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

/** Serves the dashboard. Throws a StartError if the port cannot be bound, or the page was not built. */
export async function startPageServer(options: PageServerOptions): Promise<PageServer> {
  const { host, allowHosts, tokens, log } = options;
  const servePage = openPage();
  const guard = callerGuard({
    listensOn: host,
    hosts: allowHosts,
    hostsSetting: "--allow-hosts",
    servesPage: true,
    tokens,
    tokenName: "the token of the dashboard, that of --token-file",
  });
  const headers = {
    "content-security-policy": contentSecurityPolicy,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
  };
  const router = new Router(new Api(options).endpoints, { alsoServed: ["GET /"] });
  const answerApi = answerRoutes(router, guard, log);
  const answerPage = (request: IncomingMessage, response: ServerResponse) => {
    // The page holds nothing that is anybody's.
    const refusal = guard(request, "public");
    if (refusal) sendProblem(response, refusal, log);
    else if (request.method !== "GET" && request.method !== "HEAD") router.answerUnserved(request, response);
    else servePage(request, response, () => router.answerUnserved(request, response));
  };
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (!request.url?.startsWith("/api/")) return answerPage(request, response);
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
