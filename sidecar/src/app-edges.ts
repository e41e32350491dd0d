import {
  type AcceptedTokens,
  BodyBudget,
  ConnectionCount,
  createJsonEdge,
  type Endpoint,
  edgeGuard,
} from "@exosphere/http";
import { ExoError } from "@exosphere/proto";
import type { Log } from "@exosphere/telemetry";
import type { SidecarConfig } from "./config.ts";
import type { MessageCompleter } from "./core/outgoing-message.ts";
import type { Seats } from "./core/seat.ts";
import { InboxEdge } from "./inbox/inbox-edge.ts";
import { bulkEndpoint } from "./outbound/bulk-endpoint.ts";
import { firstFormEndpoint } from "./outbound/first-form-endpoint.ts";
import { requestEndpoint } from "./outbound/request-endpoint.ts";
import { sendEndpoint } from "./outbound/send-endpoint.ts";
import { statusEndpoints } from "./outbound/status-endpoints.ts";
import { outcomeLabels, type SidecarCounts } from "./telemetry/sidecar-metrics.ts";
import type { Upstream } from "./upstream/upstream.ts";
import { WebSocketEdge } from "./websocket/websocket-edge.ts";

/** What the edges that the app calls need. */
export interface AppEdgesOptions {
  readonly config: SidecarConfig;
  /** What the app has to know one of, if anything. */
  readonly tokens: AcceptedTokens | undefined;
  readonly upstream: Upstream;
  readonly completer: MessageCompleter;
  readonly counts: SidecarCounts;
  readonly log: Log;
}

/** The places on the bus that connections of the app take. */
export interface AppSeats {
  readonly webSockets: Seats;
  readonly inbox: Seats;
}

/** Everything on the port that the app calls. */
export type AppEdges = ReturnType<typeof createAppEdges>;

/** Everything on the port that the app calls, before it is bound: JSON over HTTP, the inbox, and WebSockets. */
export function createAppEdges(options: AppEdgesOptions, seats: AppSeats) {
  const { config, counts, log, tokens } = options;
  const guards = { listensOn: config.host, hosts: config.allowHosts, origins: config.allowOrigins, tokens };
  const observer = {
    sent: (_role: string, name: string, refused: Error | undefined) => counts.sent(name, refused),
    handled: (name: string, ending: keyof typeof outcomeLabels, seconds: number) =>
      counts.handled(name, outcomeLabels[ending], seconds),
  };
  const { concurrency, maxPayload: maxPayloadBytes, maxUnreadBytes, maxWebsockets, role } = config;
  const bodies = new BodyBudget(config.maxBodyBytes);
  const inbox = new InboxEdge({
    seats: seats.inbox,
    roleOf: () => role,
    maxStreams: maxWebsockets,
    maxUnreadBytes,
    concurrency,
    observer,
    log,
  });
  const webSockets = new WebSocketEdge({
    seats: seats.webSockets,
    guard: edgeGuard(guards),
    maxPayloadBytes,
    maxSockets: maxWebsockets,
    messageTimeoutMs: config.requestTimeout,
    maxUnreadBytes,
    concurrency,
    observer,
    log,
  });
  const server = createJsonEdge({
    endpoints: [...sendingEndpoints(options, bodies), ...inbox.endpoints, ...statusOf(options)],
    ...guards,
    headersTimeoutMs: config.headersTimeout,
    requestTimeoutMs: config.requestTimeout,
    maxConnections: config.maxConnections,
    log,
  });
  webSockets.serve(server);
  return {
    server,
    gauges: { webSockets: () => webSockets, inbox: () => inbox, bodies, connections: new ConnectionCount(server) },
    /** Resolves once the app has settled what it was given by either, or `deadline` fires. */
    async idled(deadline: AbortSignal) {
      await Promise.all([webSockets.idled(deadline), inbox.idled(deadline)]);
    },
    /** Ends what the app has opened to take deliveries. */
    closeConsumers() {
      webSockets.close();
      inbox.close();
    },
  };
}

function sendingEndpoints(options: AppEdgesOptions, bodies: BodyBudget): Endpoint[] {
  const { config, upstream, completer, counts, log } = options;
  const { link } = upstream;
  const sending = { bus: link, completer, maxPayloadBytes: config.maxPayload, bodies, observer: counts, log };
  return [
    sendEndpoint(sending),
    bulkEndpoint({
      ...sending,
      senderOf: () => sending,
      malformed: (error) => counts.sent("", error),
      idleMs: config.requestTimeout,
    }),
    requestEndpoint({ ...sending, maxOpenRequests: config.maxOpenRequests }),
    firstFormEndpoint({
      ...sending,
      senderOf(role) {
        if (role === config.role) return sending;
        const detail = `This is the sidecar of role '${config.role}', not of '${role}'. Send as that role, or to the other's sidecar.`;
        throw new ExoError("NOT_ALLOWED", detail, { facts: { role } });
      },
    }),
  ];
}

function statusOf({ config: { role }, upstream: { link }, log }: AppEdgesOptions): Endpoint[] {
  return statusEndpoints({ role, isAttached: () => link.isAttached, topology: () => link.topology(), log });
}
