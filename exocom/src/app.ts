import { randomUUID } from "node:crypto";
import { type ComposedBroker, composeBroker, type GrpcServer, startGrpcServer } from "@exosphere/broker";
import { memoryDial } from "@exosphere/broker/embedded";
import {
  type AdminServer,
  createJsonEdge,
  createLog,
  createRegistry,
  hostGuard,
  type LoadedRun,
  type Log,
  listen,
  packageVersion,
  type RunningProcess,
  readToken,
  StartError,
  startAdmin,
} from "@exosphere/runtime";
import {
  firstFormEndpoint,
  outcomeLabels,
  requestEndpoint,
  sendEndpoint,
  statusEndpoints,
  WebSocketEdge,
} from "@exosphere/sidecar/edges";
import { BusLines } from "./bus-lines.ts";
import type { ExocomConfig, exocomSettings } from "./config.ts";
import { type EdgeState, edgeCounts, registerExocomMetrics } from "./exocom-metrics.ts";
import { HttpRoles } from "./http-roles.ts";
import type { Membership } from "./member.ts";
import { SocketSeats } from "./socket-seats.ts";

/** The version of this package. */
export const version: string = packageVersion(import.meta.url);

/** What an instance that only sends over HTTP is called. There is no service behind it. */
const httpAgent = `exocom/${version} http`;

/** WebSockets at once, each an instance of some 70 KiB: more than an application in development has. */
const maxWebSockets = 1_000;

/** An all-in-one that is up. */
export interface RunningExocom extends RunningProcess {
  /** Port of the JSON edges. */
  readonly port: number;
}

/** Puts broker and edges together in one process. Throws a SettingsError before any port is bound, a StartError if one is taken. */
export async function startExocom(loaded: LoadedRun<typeof exocomSettings>): Promise<RunningExocom> {
  const { config } = loaded;
  const adminToken = readToken(config.adminTokenFile, "--admin-token-file");
  const log = createLog({ name: "exocom", level: config.logLevel, pretty: config.pretty, destination: "stderr" });
  const print = (line: string) => void process.stdout.write(`${line}\n`);
  const lines = new BusLines(print, ({ agent }) => agent !== httpAgent);
  const broker = composeBroker({ config, log, agent: `exocom/${version}`, observer: lines });
  const edges = composeEdges(config, broker, lines, log);
  let readiness: true | string = "starting";
  let grpc: GrpcServer | undefined;
  let admin: AdminServer | undefined;
  const close = () => {
    edges.close();
    broker.close();
    grpc?.close();
    void admin?.close();
  };
  try {
    grpc = await openGrpc(config, broker, adminToken);
    admin = await openAdmin(loaded, broker, log, { ready: () => readiness, token: adminToken, edges });
    const { host, port: wanted } = config;
    const port = await listen(edges.server, { host, port: wanted, setting: "--port" });
    const { size: roles } = broker.exocom.roles;
    log.info({ port, grpcPort: grpc?.port, adminPort: admin?.port, routes: broker.origin, roles }, "exocom online");
    readiness = true;
    lines.online(port);
    return {
      port,
      async drain(deadline) {
        readiness = "draining";
        grpc?.startDraining();
        broker.stopWatching();
        await edges.drain(deadline);
        await broker.attachHost.drain(deadline, config.grace);
        await grpc?.drain();
        close();
      },
      close,
      log,
    };
  } catch (error) {
    close();
    throw addressInUse(error, print);
  }
}

/** The words by which tools have always known that the port is taken. On stdout as well, where they have looked for them. */
function addressInUse(error: unknown, print: (line: string) => void): unknown {
  if (!(error instanceof StartError) || !error.message.includes("already in use")) return error;
  const text = `address already in use: ${error.message}`;
  print(text);
  return new StartError(text, { cause: error });
}

async function openGrpc(config: ExocomConfig, broker: ComposedBroker, adminToken: string | undefined) {
  const { grpcHost: host, grpcPort: port, maxPayload: maxPayloadBytes } = config;
  if (port === undefined) return undefined;
  const { attachHost } = broker;
  const admin = broker.admin(adminToken);
  return startGrpcServer({ host, port, setting: "--grpc-port", attachHost, maxPayloadBytes, admin });
}

async function openAdmin(
  loaded: LoadedRun<typeof exocomSettings>,
  broker: ComposedBroker,
  log: Log,
  {
    ready,
    token,
    edges,
  }: { readonly ready: () => true | string; readonly token: string | undefined; readonly edges: EdgeState },
): Promise<AdminServer | undefined> {
  const { adminHost: host, adminPort: port } = loaded.config;
  if (port === undefined) return undefined;
  const registry = createRegistry({ version });
  registerExocomMetrics(registry, broker, edges);
  return startAdmin({
    host,
    port,
    setting: "--admin-port",
    hostSetting: "--admin-host",
    log,
    registry,
    settings: () => loaded.describe(),
    ready,
    remarks: () => broker.remarks(),
    token,
  });
}

/** The JSON edges of a sidecar around the bus of this process, before they are bound. */
function composeEdges(config: ExocomConfig, broker: ComposedBroker, lines: BusLines, log: Log) {
  const { maxPayload: maxPayloadBytes, maxOpenRequests } = config;
  const guards = { hosts: [...config.allowHosts, config.host], origins: config.allowOrigins };
  const counts = edgeCounts(broker);
  const membership: Membership = {
    dial: memoryDial(broker.attachHost),
    tokenOf: (role) => broker.tokenOf(role),
    maxPayloadBytes,
    newId: randomUUID,
    answered: (name, seconds) => counts.answered(name, seconds),
    log,
  };
  const roles = () => broker.exocom.roles;
  const sent = (role: string, name: string, refused: Error | undefined) => {
    counts.sent(name, refused);
    if (refused) lines.notTaken(role, name, refused);
  };
  const http = new HttpRoles({ ...membership, roles, agent: httpAgent, sent });
  const seats = new SocketSeats({ ...membership, roles, agent: `exocom/${version} websocket` });
  const receiving = { maxPayloadBytes, log };
  const server = createJsonEdge({
    endpoints: [
      http.endpoint("/v1/send/", (sender) => sendEndpoint({ ...receiving, ...sender })),
      http.endpoint("/v1/request/", (sender) => requestEndpoint({ ...receiving, ...sender, maxOpenRequests })),
      firstFormEndpoint({ ...receiving, senderOf: (role) => http.senderOf(role) }),
      ...statusEndpoints({ isAttached: () => true, topology: async () => servicesOf(broker), log }),
    ],
    ...guards,
    log,
  });
  const webSockets = new WebSocketEdge({
    seats,
    guard: hostGuard(guards),
    maxPayloadBytes,
    maxSockets: maxWebSockets,
    concurrency: config.concurrency,
    observer: { sent, handled: (name, ending, seconds) => counts.handled(name, outcomeLabels[ending], seconds) },
    log,
  });
  webSockets.serve(server);
  return {
    server,
    counts,
    webSockets,
    members: () => [...http.members, ...seats.members],
    /** Lets services finish what they have, and what they say last get through. */
    async drain(deadline: AbortSignal) {
      await webSockets.idled(deadline);
      server.close();
      await http.leave();
      webSockets.close();
      await seats.left();
    },
    close() {
      server.close();
      server.closeAllConnections();
      webSockets.close();
    },
  };
}

/** The bus at this moment, without the instances that only send over HTTP. */
function servicesOf({ attachHost }: ComposedBroker) {
  const topology = attachHost.topology();
  const roles = topology.roles.map((role) => ({
    ...role,
    instances: role.instances.filter(({ agent }) => agent !== httpAgent),
  }));
  return { ...topology, roles };
}
