import { randomUUID } from "node:crypto";
import { type EmbeddedBroker, memoryDial } from "@exosphere/broker/embedded";
import {
  type AcceptedTokens,
  BodyBudget,
  ConnectionCount,
  createJsonEdge,
  type Endpoint,
  edgeGuard,
} from "@exosphere/http";
import type { ExoError } from "@exosphere/proto";
import {
  bulkEndpoint,
  firstFormEndpoint,
  InboxEdge,
  outcomeLabels,
  requestEndpoint,
  type SidecarCounts,
  sendEndpoint,
  statusEndpoints,
  WebSocketEdge,
} from "@exosphere/sidecar/edges";
import type { Log, Tracing } from "@exosphere/telemetry";
import { type ExocomConfig, exocomSettings } from "./config.ts";
import { edgeCounts } from "./exocom-metrics.ts";
import { HttpRoles } from "./http-roles.ts";
import type { Membership } from "./member.ts";
import { MemberSeats } from "./member-seats.ts";
import { RoleMemory } from "./role-memory.ts";

export { Member, type Membership } from "./member.ts";

/** The bus that the edges are put around. */
export interface EdgeBroker extends Pick<EmbeddedBroker, "exocom" | "attachHost"> {
  /** A role's attach token, where the broker demands them. */
  tokenOf?(role: string): string | undefined;
}

/** The settings that the edges go by. */
export type EdgesConfig = Pick<
  ExocomConfig,
  | "host"
  | "maxPayload"
  | "maxOpenRequests"
  | "allowHosts"
  | "allowOrigins"
  | "concurrency"
  | "headersTimeout"
  | "requestTimeout"
> &
  Partial<Pick<ExocomConfig, LimitNames>>;

/** What has defaults of its own. */
type LimitNames =
  | "maxConnections"
  | "maxBodyBytes"
  | "maxWebsockets"
  | "maxUnreadBytes"
  | "maxRememberedMessages"
  | "maxRememberedBytes";

/** What the edges of the all-in-one need. */
export interface EdgesOptions {
  readonly config: EdgesConfig;
  readonly broker: EdgeBroker;
  /** A message of a role was not taken. */
  readonly notTaken: (role: string, name: string, refused: Error) => void;
  /** What callers have to know one of, if anything. */
  readonly tokens: AcceptedTokens | undefined;
  /** What this process is called where its instances are listed. */
  readonly agent: string;
  readonly tracer?: Tracing["tracer"];
  readonly log: Log;
  /** Further endpoints beside those of a sidecar. */
  readonly endpoints?: readonly Endpoint[];
  /** Hears why an attachment was refused. */
  readonly onAttachRefused?: (error: ExoError) => void;
}

/** The limits of the edges: as the settings say, or as they would by default. */
function limitsOf(config: EdgesConfig): Required<Pick<EdgesConfig, LimitNames>> {
  const defaultOf = (name: LimitNames) => config[name] ?? (exocomSettings[name].default as number);
  return {
    maxConnections: defaultOf("maxConnections"),
    maxBodyBytes: defaultOf("maxBodyBytes"),
    maxWebsockets: defaultOf("maxWebsockets"),
    maxUnreadBytes: defaultOf("maxUnreadBytes"),
    maxRememberedMessages: defaultOf("maxRememberedMessages"),
    maxRememberedBytes: defaultOf("maxRememberedBytes"),
  };
}

/** What an instance that only sends over HTTP is called. There is no service behind it. */
export function httpAgentOf(agent: string): string {
  return `${agent} http`;
}

/** The JSON edges of a sidecar around the bus of this process, before they are bound. */
export function composeEdges(options: EdgesOptions) {
  const { config, broker, notTaken, tokens, agent, log, endpoints = [] } = options;
  const { maxPayload: maxPayloadBytes, concurrency } = config;
  const { maxConnections, maxWebsockets, maxUnreadBytes, ...limits } = limitsOf(config);
  const bodies = new BodyBudget(limits.maxBodyBytes);
  const guards = { listensOn: config.host, hosts: config.allowHosts, origins: config.allowOrigins, tokens };
  const counts = edgeCounts(broker);
  const membership = membershipOf(options, counts, limits);
  const roles = () => broker.exocom.roles;
  const sent = (role: string, name: string, refused: Error | undefined) => {
    counts.sent(name, refused);
    if (refused) notTaken(role, name, refused);
  };
  const memory = new RoleMemory();
  const http = new HttpRoles({ ...membership, roles, memory, agent: httpAgentOf(agent), sent });
  const seats = new MemberSeats({ ...membership, roles, memory, agent: `${agent} websocket` });
  const inboxSeats = new MemberSeats({ ...membership, roles, memory, agent: `${agent} inbox` });
  const observer = {
    sent,
    handled: (name: string, ending: keyof typeof outcomeLabels, seconds: number) =>
      counts.handled(name, outcomeLabels[ending], seconds),
  };
  const shared = { maxUnreadBytes, concurrency, observer, log };
  const inbox = new InboxEdge({
    seats: inboxSeats,
    roleOf: http.receiverOf.bind(http),
    maxStreams: maxWebsockets,
    ...shared,
  });
  const topology = async () => servicesOf(broker, httpAgentOf(agent));
  const server = createJsonEdge({
    endpoints: [
      ...endpoints,
      ...sendingEndpoints(http, { config, counts, bodies, log }),
      ...inbox.endpoints,
      ...statusEndpoints({ isAttached: () => true, topology, log }),
    ],
    ...guards,
    headersTimeoutMs: config.headersTimeout,
    requestTimeoutMs: config.requestTimeout,
    maxConnections,
    log,
  });
  const webSockets = new WebSocketEdge({
    seats,
    guard: edgeGuard(guards),
    maxPayloadBytes,
    maxSockets: maxWebsockets,
    messageTimeoutMs: config.requestTimeout,
    ...shared,
  });
  webSockets.serve(server);
  return {
    server,
    counts,
    membership,
    webSockets,
    inbox,
    bodies,
    connections: new ConnectionCount(server),
    members: () => [...http.members, ...seats.members, ...inboxSeats.members],
    /** Lets services finish what they have, and what they say last get through. */
    async drain(deadline: AbortSignal) {
      await Promise.all([webSockets.idled(deadline), inbox.idled(deadline)]);
      server.close();
      await http.leave();
      webSockets.close();
      inbox.close();
      await Promise.all([seats.left(), inboxSeats.left()]);
    },
    close() {
      server.close();
      webSockets.close();
      inbox.close();
      server.closeAllConnections();
    },
  };
}

/** By what roles become members of the bus of this process. */
function membershipOf(
  { config, broker, onAttachRefused, tracer, log }: EdgesOptions,
  counts: ReturnType<typeof edgeCounts>,
  {
    maxRememberedMessages,
    maxRememberedBytes,
  }: Pick<ReturnType<typeof limitsOf>, "maxRememberedMessages" | "maxRememberedBytes">,
): Membership {
  return {
    dial: memoryDial(broker.attachHost, onAttachRefused),
    tokenOf: (role) => broker.tokenOf?.(role),
    maxPayloadBytes: config.maxPayload,
    remembered: { maxMessages: maxRememberedMessages, maxAuthBytes: maxRememberedBytes },
    newId: randomUUID,
    tracer,
    answered: (name, seconds) => counts.answered(name, seconds),
    malformed: (name) => counts.malformed(name),
    log,
  };
}

/** What sending over HTTP goes by. */
interface Sending {
  readonly config: EdgesConfig;
  readonly counts: SidecarCounts;
  readonly bodies: BodyBudget;
  readonly log: Log;
}

function sendingEndpoints(http: HttpRoles, { config, counts, bodies, log }: Sending): Endpoint[] {
  const { maxPayload: maxPayloadBytes, maxOpenRequests, requestTimeout } = config;
  const receiving = { maxPayloadBytes, bodies, log };
  return [
    http.endpoint("/v1/send/", (sender) => sendEndpoint({ ...receiving, ...sender })),
    http.endpoint("/v1/request/", (sender) => requestEndpoint({ ...receiving, ...sender, maxOpenRequests })),
    bulkEndpoint({
      ...receiving,
      senderOf: (name, role) => http.senderOfMessage(name, role),
      malformed: (error) => counts.sent("", error),
      idleMs: requestTimeout,
    }),
    firstFormEndpoint({ ...receiving, senderOf: (role) => http.senderOf(role) }),
  ];
}

/** The bus at this moment, without the instances that only send over HTTP. */
function servicesOf({ attachHost }: EdgeBroker, httpAgent: string) {
  const topology = attachHost.topology();
  const roles = topology.roles.map((role) => ({
    ...role,
    instances: role.instances.filter(({ agent }) => agent !== httpAgent),
  }));
  return { ...topology, roles };
}
