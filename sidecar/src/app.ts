import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { ExoError } from "@exosphere/proto";
import {
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
  startAdmin,
} from "@exosphere/runtime";
import { AppCommand, settleAppAddress } from "./app-command.ts";
import type { SidecarConfig, sidecarSettings } from "./config.ts";
import { Consumer } from "./core/consumer.ts";
import { MessageCompleter } from "./core/outgoing-message.ts";
import { ReceivedMessages } from "./core/received.ts";
import { AppInbound, type AppInboundOptions } from "./inbound/app-inbound.ts";
import { firstFormEndpoint } from "./outbound/first-form-endpoint.ts";
import { requestEndpoint } from "./outbound/request-endpoint.ts";
import { sendEndpoint } from "./outbound/send-endpoint.ts";
import { statusEndpoints } from "./outbound/status-endpoints.ts";
import { SocketHost, type SocketHostOptions } from "./socket/socket-host.ts";
import { startSocketServer } from "./socket/socket-server.ts";
import { outcomeLabels, registerSidecarMetrics, SidecarCounts } from "./telemetry/sidecar-metrics.ts";
import { Upstream } from "./upstream/upstream.ts";
import { SidecarSeats } from "./websocket/sidecar-seats.ts";
import { WebSocketEdge } from "./websocket/websocket-edge.ts";

/** The version of this package. */
export const version: string = packageVersion(import.meta.url);

/** An answer of the app may have replies with payloads, and what surrounds them: 64 KiB, as for auth and ids on the bus. */
const answerOverheadBytes = 64 * 1024;

/** WebSockets of one app at once. An app has one, or a few if it sends from several places. */
const maxWebSockets = 100;

/** How long the edge still answers after the bus was left, in milliseconds: to calls that were on their way to it. */
const lingerMs = 50;

/** What the link gave, as it wants it back. */
type LinkIncoming = Parameters<Upstream["settle"]>[0];

/** A sidecar that is up. */
export interface RunningSidecar extends RunningProcess {
  /** Port of its JSON edge. */
  readonly port: number;
  /** Its admin port. */
  readonly adminPort: number;
}

/** Puts a sidecar together and starts it. Throws a SettingsError before any port is bound, a StartError if one is taken. */
export async function startSidecar(loaded: LoadedRun<typeof sidecarSettings>): Promise<RunningSidecar> {
  const { config } = loaded;
  const attachToken = readToken(config.attachTokenFile, "--attach-token-file");
  const adminToken = readToken(config.adminTokenFile, "--admin-token-file");
  const log = createLog({ name: "exo-sidecar", level: config.logLevel, pretty: config.pretty }).child({
    role: config.role,
  });
  const app = await settleAppAddress(config.app === undefined ? undefined : new URL(config.app), loaded.command);
  const sidecar = compose(config, app, attachToken, log);

  const registry = createRegistry({ version });
  registerSidecarMetrics(registry, sidecar.counts, sidecar.gauges);
  const socket = await openSocket(config, sidecar.socket);
  const port = await listen(sidecar.edge, { host: config.host, port: config.port, setting: "--port" }).catch(
    (error: unknown) => {
      sidecar.close();
      socket?.close();
      throw error;
    },
  );
  const admin = await startAdmin({
    host: config.adminHost,
    port: config.adminPort,
    setting: "--admin-port",
    hostSetting: "--admin-host",
    log,
    registry,
    settings: () => loaded.describe(),
    ready: () => sidecar.readiness(),
    token: adminToken,
  }).catch((error: unknown) => {
    sidecar.close();
    socket?.close();
    throw error;
  });
  log.info({ port, adminPort: admin.port, app: app?.href, socket: config.socket }, "sidecar online");
  const command =
    app &&
    AppCommand.start({
      command: loaded.command,
      app,
      role: config.role,
      host: config.host,
      port,
      socket: config.socket,
      log,
    });

  const close = () => {
    command?.kill();
    sidecar.close();
    socket?.close();
    void admin.close();
  };
  return {
    port,
    adminPort: admin.port,
    async drain(deadline) {
      await sidecar.drain(deadline);
      await socket?.drain(deadline);
      await command?.stop(config.grace);
      close();
    },
    close,
    log,
  };
}

function openSocket({ socket: path, maxPayload: maxPayloadBytes }: SidecarConfig, host: SocketHost) {
  return path === undefined ? undefined : startSocketServer({ path, host, maxPayloadBytes });
}

/** The way to the app's own port. */
function createInbound({
  config,
  upstream,
  counts,
  ...options
}: Pick<AppInboundOptions, "app" | "received" | "completer" | "log" | "onWindow"> & {
  readonly config: SidecarConfig;
  readonly upstream: Upstream;
  readonly counts: SidecarCounts;
}) {
  return new AppInbound({
    ...options,
    healthPath: config.appHealth,
    concurrency: config.concurrency,
    maxAnswerBytes: config.maxPayload + answerOverheadBytes,
    maxPayloadBytes: config.maxPayload,
    bus: upstream.link,
    settle: (incoming, ...how) => upstream.settle(incoming as LinkIncoming, ...how),
    onHandled: (name, outcome, seconds) => counts.handled(name, outcomeLabels[outcome], seconds),
  });
}

/** The app's streams over the unix socket, before it is bound. */
function createSocketHost({
  config,
  upstream,
  counts,
  ...options
}: Pick<SocketHostOptions, "consumer" | "agent" | "log" | "onWindow" | "onClaimed"> & {
  readonly config: SidecarConfig;
  readonly upstream: Upstream;
  readonly counts: SidecarCounts;
}) {
  const { link } = upstream;
  return new SocketHost({
    ...options,
    role: config.role,
    maxPayloadBytes: config.maxPayload,
    bus: link,
    observer: {
      sent: (name, refused) => counts.sent(name, refused),
      answered: (name, seconds) => counts.answered(name, seconds),
      handled: (name, ending, seconds) => counts.handled(name, outcomeLabels[ending], seconds),
    },
    slice: () => link.names?.slice,
    settle: (incoming, ...how) => upstream.settle(incoming, ...how),
  });
}

/** The JSON edge for the app, before it is bound. */
function createEdge({
  config,
  upstream: { link },
  completer,
  counts,
  log,
}: {
  readonly config: SidecarConfig;
  readonly upstream: Upstream;
  readonly completer: MessageCompleter;
  readonly counts: SidecarCounts;
  readonly log: Log;
}) {
  const sending = { bus: link, completer, maxPayloadBytes: config.maxPayload, observer: counts, log };
  return createJsonEdge({
    endpoints: [
      sendEndpoint(sending),
      requestEndpoint({ ...sending, maxOpenRequests: config.maxOpenRequests }),
      firstFormEndpoint({
        ...sending,
        senderOf(role) {
          if (role === config.role) return sending;
          const detail = `This is the sidecar of role '${config.role}', not of '${role}'. Send as that role, or to the other's sidecar.`;
          throw new ExoError("NOT_ALLOWED", detail, { facts: { role } });
        },
      }),
      ...statusEndpoints({
        role: config.role,
        isAttached: () => link.isAttached,
        topology: () => link.topology(),
        log,
      }),
    ],
    hosts: [...config.allowHosts, config.host],
    origins: config.allowOrigins,
    log,
  });
}

/** The WebSockets of the JSON edge. */
function createWebSockets(config: SidecarConfig, seats: SidecarSeats, counts: SidecarCounts, log: Log) {
  return new WebSocketEdge({
    seats,
    guard: hostGuard({ hosts: [...config.allowHosts, config.host], origins: config.allowOrigins }),
    maxPayloadBytes: config.maxPayload,
    maxSockets: maxWebSockets,
    concurrency: config.concurrency,
    observer: {
      sent: (_role, name, refused) => counts.sent(name, refused),
      handled: (name, ending, seconds) => counts.handled(name, outcomeLabels[ending], seconds),
    },
    log,
  });
}

/** Everything of a sidecar but its ports. */
function compose(config: SidecarConfig, app: URL | undefined, attachToken: string | undefined, log: Log) {
  const received = new ReceivedMessages();
  const agent = `exo-sidecar/${version} node/${process.versions.node}`;
  const completer = new MessageCompleter(received, randomUUID);
  let isDraining = false;
  // The inbound side needs the link to settle, and the link needs the inbound side to deliver to.
  let inbound: AppInbound | undefined;
  const consumer = new Consumer();
  const upstream = new Upstream({
    brokers: config.broker,
    role: config.role,
    ...(attachToken !== undefined && { token: attachToken }),
    agent,
    maxOutboxMessages: config.maxOutboxMessages,
    maxOutboxBytes: config.maxOutboxBytes,
    maxPayloadBytes: config.maxPayload,
    log,
    onDelivery: (incoming) => {
      // It was on its way when the broker heard that no more are taken.
      if (isDraining) upstream.settle(incoming, "returned");
      else if (consumer.kind === "http") inbound?.deliver(incoming);
      else if (consumer.kind === "websocket") seats.deliver(incoming);
      else socket.deliver(incoming);
    },
    onUnwanted: (number) => socket.unwanted(number),
    onStatus: (status) => socket.busChanged(status),
  });
  const { link } = upstream;
  const counts = new SidecarCounts((name) => upstream.isKnown(name));
  const onWindow = (window: number) => link.setWindow(isDraining ? 0 : window);
  // Once claimed by anyone else, nobody shall look for the app's port any more.
  const taking = { consumer, onWindow, onClaimed: () => void inbound?.close() };
  const socket = createSocketHost({ config, upstream, counts, agent, log, ...taking });
  const seats = new SidecarSeats({
    role: config.role,
    bus: link,
    completer,
    received,
    settle: (incoming, ...how) => upstream.settle(incoming as LinkIncoming, ...how),
    ...taking,
  });
  if (app) {
    inbound = createInbound({
      config,
      app,
      upstream,
      received,
      completer,
      counts,
      log,
      onWindow: (window) => {
        if (consumer.claim("http")) onWindow(window);
      },
    });
  }
  const edge = createEdge({ config, upstream, completer, counts, log });
  const webSockets = createWebSockets(config, seats, counts, log);
  webSockets.serve(edge);
  const close = () => {
    edge.close();
    edge.closeAllConnections();
    webSockets.close();
    socket.close();
    link.close();
    void inbound?.close();
  };
  return {
    edge,
    socket,
    counts,
    close,
    gauges: {
      isAttached: () => link.isAttached,
      isAppReachable: () => socket.hasConsumer || seats.hasConsumer || (inbound?.isReachable ?? false),
      isAppSetAside: () => inbound?.isSetAside ?? false,
      pending: () => link.pending,
      webSockets: () => webSockets,
      traffic: () => link.traffic,
    },
    readiness: () => (isDraining ? "draining" : upstream.readiness),
    /** Takes no new work, lets the app finish what it has, sends what it still says, and leaves the bus. */
    async drain(deadline: AbortSignal) {
      isDraining = true;
      link.setWindow(0);
      await Promise.all([inbound?.idle(deadline), socket.idled(deadline), webSockets.idled(deadline)]);
      // Calls of the app that wait for the bus are answered first. New ones hear that this sidecar is shutting down.
      await link.drain(deadline);
      await pause(lingerMs);
      edge.close();
      socket.close();
      webSockets.close();
    },
  };
}
