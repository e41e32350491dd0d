import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import {
  answerRoutes,
  type BodyBudget,
  ConnectionCount,
  callerGuard,
  closeGently,
  type Endpoint,
  type ListenOptions,
  listen,
  Router,
  readBody,
  sendJson,
} from "@exosphere/http";
import type { Log } from "@exosphere/telemetry";
import type { ServingPair } from "../certificate/serving-pair.ts";
import { type AdmissionRequest, answerReview, readReview } from "../core/admission-review.ts";
import type { Verdict } from "../core/injection.ts";

/** Where the webhook is served, and what answers. */
export interface WebhookServerOptions extends ListenOptions {
  /** Names by which it may be called. */
  readonly names: readonly string[];
  readonly maxReviewBytes: number;
  readonly maxConnections: number;
  /** Room for the bodies of all requests together. */
  readonly room: BodyBudget;
  readonly judge: (request: AdmissionRequest) => Verdict;
  /** A request was no review. */
  readonly onInvalid: () => void;
  readonly log: Log;
}

/** A webhook that listens. */
export interface WebhookServer {
  readonly port: number;
  readonly connections: ConnectionCount;
  /** Serves new connections with this certificate. Until the first there is none, and every connection fails. */
  serve(pair: ServingPair): void;
  /** Takes no new connection; resolves when all requests are answered. */
  drain(): Promise<void>;
  close(): void;
}

/** Serves `POST /inject` over HTTPS. Rejects with a StartError if the port cannot be bound. */
export async function startWebhookServer(options: WebhookServerOptions): Promise<WebhookServer> {
  const { host, names, maxReviewBytes, maxConnections, room, judge, onInvalid, log } = options;
  const inject: Endpoint = {
    method: "POST",
    path: "/inject",
    async handle(request: IncomingMessage, response: ServerResponse) {
      const body = await readBody(request, maxReviewBytes, room);
      sendJson(response, 200, answer(body));
    },
  };
  const answer = (body: Buffer) => {
    try {
      const request = readReview(body);
      return answerReview(request.uid, judge(request));
    } catch (error) {
      onInvalid();
      throw error;
    }
  };
  const guard = callerGuard({ listensOn: host, hosts: names, hostsSetting: "--allow-hosts" });
  // An API server gives a webhook 30 s at most; the time-outs of slow senders are those of the admin ports.
  const server = createServer({ minVersion: "TLSv1.2", headersTimeout: 10_000, requestTimeout: 30_000 });
  // Longer than the pauses of an API server, which keeps its connections for 90 s: it must not call on one that is being closed.
  server.keepAliveTimeout = 100_000;
  closeGently(server);
  server.on("request", answerRoutes(new Router([inject]), guard, log));
  server.maxConnections = maxConnections;
  const connections = new ConnectionCount(server);
  const port = await listen(server, options);
  return {
    port,
    connections,
    serve: ({ certificate, key }) => server.setSecureContext({ cert: certificate, key, minVersion: "TLSv1.2" }),
    drain: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
