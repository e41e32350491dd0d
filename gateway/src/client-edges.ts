import { endWithClient } from "@exosphere/http";
import type { Log } from "@exosphere/telemetry";
import type { GatewayConfig } from "./config.ts";
import type { Desk } from "./core/desk.ts";
import { Origins } from "./core/origins.ts";
import { closeCodes } from "./core/session.ts";
import { ClientAddresses } from "./http/client-address.ts";
import { ClientEdge, type ClientEndpoint } from "./http/client-edge.ts";
import { descriptionEndpoints } from "./http/description-endpoints.ts";
import { requestEndpoint, sendEndpoint } from "./http/message-endpoints.ts";
import { sessionEndpoints } from "./http/session-endpoints.ts";
import type { InterfaceTexts } from "./interface-texts.ts";
import type { Shares } from "./shares.ts";
import { EventEdge } from "./sse/event-edge.ts";
import type { GatewayCounts } from "./telemetry/gateway-metrics.ts";
import { SocketEdge } from "./websocket/socket-edge.ts";

/** What the edges for clients need. */
export interface ClientEdgeParts {
  readonly config: GatewayConfig;
  readonly desk: Desk;
  readonly counts: GatewayCounts;
  readonly texts: InterfaceTexts;
  readonly shares: Shares;
  readonly log: Log;
}

/** The ways in which clients come. */
export type ClientEdges = ReturnType<typeof createClientEdges>;

/** The ways in which clients come, before the port is bound: calls, event streams and WebSockets. */
export function createClientEdges({ config, desk, counts, texts, shares, log }: ClientEdgeParts) {
  const addresses = new ClientAddresses(config.trustedProxies, (peer) =>
    log.warn(
      { peer },
      "X-Forwarded-For of this peer is not believed: all that it brings counts as one address. If it is your proxy, set --trusted-proxies. Told once",
    ),
  );
  const events = new EventEdge(desk);
  const http = new ClientEdge({
    endpoints: [
      sendEndpoint,
      requestEndpoint,
      ...sessionEndpoints,
      eventsEndpoint(events),
      ...descriptionEndpoints(texts),
    ],
    listensOn: config.host,
    hosts: config.allowHosts,
    origins: new Origins(config.allowOrigins),
    addresses,
    desk,
    connections: shares.connections,
    headersTimeoutMs: config.headersTimeout,
    requestTimeoutMs: config.requestTimeout,
    answered: (...answer) => counts.answered(...answer),
    log,
  });
  const sockets = new SocketEdge({
    desk,
    guard: (request) => http.refusalOf(request, "change"),
    addressOf: (request) => addresses.of(request),
    isCompressing: config.webSocketCompression,
    firstFrameMs: config.firstFrameTimeout,
    messageTimeoutMs: config.requestTimeout,
    handled: (...frame) => counts.handled(...frame),
    log,
  });
  sockets.serve(http.server);
  const close = () => {
    events.close(closeCodes.restart, "the gateway shuts down: come back");
    sockets.close();
    http.server.close();
    http.server.closeAllConnections();
  };
  return { http, events, sockets, close };
}

/** `GET /v1/events`. */
function eventsEndpoint(events: EventEdge): ClientEndpoint {
  return {
    method: "GET",
    path: "/v1/events",
    route: "events",
    // What it gives belongs to a session, which only those can name who have its token. Pages that are served by the same
    // proxy as the gateway, without TLS, call it without saying where they come from.
    access: "read",
    handle: (exchange) => {
      // Also while its token is checked.
      endWithClient(exchange.response);
      exchange.identify((user) => {
        exchange.limit(undefined, user);
        events.open({ ...exchange, user });
      });
    },
  };
}
