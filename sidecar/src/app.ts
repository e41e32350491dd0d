import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { type AcceptedTokens, adminOptionsOf, listen, startAdmin } from "@exosphere/http";
import { packageVersion, type RunningProcess } from "@exosphere/process";
import { type LoadedRun, readBearerTokens, readTokens, TokenFiles } from "@exosphere/settings";
import { createLog, createRegistry, type Log, startTracing, type Tracing } from "@exosphere/telemetry";
import { AppCommand, settleAppAddress } from "./app-command.ts";
import { createAppEdges } from "./app-edges.ts";
import type { SidecarConfig, sidecarSettings } from "./config.ts";
import type { Incoming } from "./core/bus.ts";
import { Consumer } from "./core/consumer.ts";
import { MessageCompleter } from "./core/outgoing-message.ts";
import { ReceivedMessages } from "./core/received.ts";
import type { Ending } from "./core/seat.ts";
import { AppInbound, type AppInboundOptions } from "./inbound/app-inbound.ts";
import { AppPort } from "./inbound/app-port.ts";
import { SidecarSeats } from "./sidecar-seats.ts";
import { SocketHost, type SocketHostOptions } from "./socket/socket-host.ts";
import { startSocketServer } from "./socket/socket-server.ts";
import { outcomeLabels, registerSidecarMetrics, SidecarCounts } from "./telemetry/sidecar-metrics.ts";
import { Upstream } from "./upstream/upstream.ts";

/** The version of this package. */
export const version: string = packageVersion(import.meta.url);

/** An answer of the app may have replies with payloads, and what surrounds them: 64 KiB, as for auth and ids on the bus. */
const answerOverheadBytes = 64 * 1024;

/** How long the edge still answers after the bus was left, in milliseconds: to calls that were on their way to it. */
const lingerMs = 50;

/** What it runs, for people who look at the topology. */
const agent = `exo-sidecar/${version} node/${process.versions.node}`;

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
  const log = createLog({ name: "exo-sidecar", level: config.logLevel, pretty: config.pretty }).child({
    role: config.role,
  });
  const tokenFiles = new TokenFiles({ log });
  const attachTokens = tokenFiles.open(config.attachTokenFile, "--attach-token-file", readTokens);
  const adminTokens = tokenFiles.open(config.adminTokenFile, "--admin-token-file", readTokens);
  const edgeTokens = tokenFiles.open(config.tokenFile, "--token-file", readBearerTokens);
  const app = await settleAppAddress(config.app === undefined ? undefined : new URL(config.app), loaded.command);
  const tracing = await startTracing({ service: config.role, version, log });
  const tokens = { attach: attachTokens, edge: edgeTokens };
  const sidecar = compose({ config, app, tokens, tracer: tracing.tracer, log });

  const registry = createRegistry({ version, role: config.role });
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
    ...adminOptionsOf(loaded),
    log,
    registry,
    ready: () => sidecar.readiness(),
    tokens: adminTokens,
    tokenFiles,
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
      token: edgeTokens?.()[0],
      log,
    });

  const close = () => {
    command?.kill();
    tokenFiles.close();
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
      await tracing.flush(deadline);
      close();
    },
    close,
    log,
  };
}

function openSocket({ socket: path, maxPayload: maxPayloadBytes }: SidecarConfig, host: SocketHost) {
  return path === undefined ? undefined : startSocketServer({ path, host, maxPayloadBytes });
}

function createMemory({ maxRememberedMessages: maxMessages, maxRememberedBytes: maxAuthBytes }: SidecarConfig) {
  return new ReceivedMessages({ maxMessages, maxAuthBytes });
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
    isPortChosen: config.app === undefined,
    isExpected: () => (upstream.link.names?.slice.receives.length ?? 0) > 0,
    concurrency: config.concurrency,
    maxAnswerBytes: config.maxPayload + answerOverheadBytes,
    maxPayloadBytes: config.maxPayload,
    bus: upstream.link,
    onFailing: upstream.link.setFailing,
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
}: Pick<SocketHostOptions, "consumer" | "agent" | "log" | "onWindow"> & {
  readonly config: SidecarConfig;
  readonly upstream: Upstream;
  readonly counts: SidecarCounts;
}) {
  const { link } = upstream;
  return new SocketHost({
    ...options,
    role: config.role,
    maxPayloadBytes: config.maxPayload,
    maxStreams: config.maxSocketStreams,
    maxUnreadBytes: config.maxUnreadBytes,
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

/** What the sidecar has to say to the broker, and what the app has to say to it. */
interface Tokens {
  readonly attach: AcceptedTokens | undefined;
  readonly edge: AcceptedTokens | undefined;
}

/** To whom and as what the sidecar attaches. */
function attachingBy(config: SidecarConfig, tokens: AcceptedTokens | undefined) {
  const { broker: brokers, role, maxOutboxMessages, maxOutboxBytes, maxPayload: maxPayloadBytes } = config;
  return {
    brokers,
    role,
    maxOutboxMessages,
    maxOutboxBytes,
    maxPayloadBytes,
    ...(tokens && { token: () => tokens()[0] ?? "" }),
  };
}

/** What a sidecar is composed of. */
interface Composition {
  readonly config: SidecarConfig;
  readonly app: URL | undefined;
  readonly tokens: Tokens;
  readonly tracer: Tracing["tracer"];
  readonly log: Log;
}

/** Everything of a sidecar but its ports. */
function compose({ config, app, tokens, tracer, log }: Composition) {
  const received = createMemory(config);
  const completer = new MessageCompleter(received, randomUUID);
  let isDraining = false;
  // The inbound side needs the link to settle, and the link needs the inbound side to deliver to.
  const port = new AppPort(
    () => app && createInbound({ config, app, upstream, received, completer, counts, log, onWindow: onPortWindow }),
  );
  const consumer = new Consumer({
    // Once claimed by anyone else, nobody shall look for the app's port any more.
    claimed: (kind) => kind !== "http" && port.close(),
    released: () => !isDraining && port.open(),
  });
  const upstream = new Upstream({
    ...attachingBy(config, tokens.attach),
    agent,
    tracer,
    log,
    onDelivery: (incoming) => {
      // It was on its way when the broker heard that no more are taken.
      if (isDraining) upstream.settle(incoming, "returned");
      else if (consumer.kind === "http") port.inbound?.deliver(incoming);
      else if (consumer.kind === "websocket") webSocketSeats.deliver(incoming);
      else if (consumer.kind === "inbox") inboxSeats.deliver(incoming);
      else socket.deliver(incoming);
    },
    // The SDK parses what it is given.
    passesOn: () => consumer.kind === "socket",
    onMalformed: (name) => counts.malformed(name),
    onUnwanted: (number) => socket.unwanted(number),
    onStatus: (status) => socket.busChanged(status),
  });
  const { link } = upstream;
  const counts = new SidecarCounts((name) => upstream.isKnown(name));
  const onWindow = (window: number) => link.setWindow(isDraining ? 0 : window);
  const onPortWindow = (window: number) => {
    if (consumer.claim("http")) onWindow(window);
  };
  const taking = { consumer, onWindow };
  const socket = createSocketHost({ config, upstream, counts, agent, log, ...taking });
  const seating = {
    role: config.role,
    bus: link,
    completer,
    received,
    settle: (incoming: Incoming, ...how: [Ending, string?]) => upstream.settle(incoming as LinkIncoming, ...how),
    ...taking,
  };
  const webSocketSeats = new SidecarSeats({ ...seating, kind: "websocket", max: config.maxWebsockets });
  const inboxSeats = new SidecarSeats({ ...seating, kind: "inbox", max: 1 });
  port.open();
  const edges = createAppEdges(
    { config, tokens: tokens.edge, upstream, completer, counts, log },
    { webSockets: webSocketSeats, inbox: inboxSeats },
  );
  const edge = edges.server;
  const close = () => {
    edge.close();
    edge.closeAllConnections();
    edges.closeConsumers();
    socket.close();
    link.close();
    port.end();
  };
  return {
    edge,
    socket,
    counts,
    close,
    gauges: { ...gaugesOf({ upstream, port, socket, webSocketSeats, inboxSeats, received }), ...edges.gauges },
    readiness: () => (isDraining ? "draining" : upstream.readiness),
    /** Takes no new work, lets the app finish what it has, sends what it still says, and leaves the bus. */
    async drain(deadline: AbortSignal) {
      isDraining = true;
      await drainInOrder({ link, port, socket, edges }, deadline);
    },
  };
}

/** What a sidecar is composed of, as far as its metrics show it. */
interface Measured {
  readonly upstream: Upstream;
  readonly port: AppPort;
  readonly socket: SocketHost;
  readonly webSocketSeats: SidecarSeats;
  readonly inboxSeats: SidecarSeats;
  readonly received: ReceivedMessages;
}

function gaugesOf({ upstream, port, socket, webSocketSeats, inboxSeats, received }: Measured) {
  const { link } = upstream;
  return {
    isAttached: () => link.isAttached,
    isAppReachable: () => [socket, webSocketSeats, inboxSeats, port.inbound].some((each) => each?.hasConsumer),
    isAppSetAside: () => port.inbound?.isSetAside ?? false,
    pending: () => link.pending,
    traffic: () => link.traffic,
    received: () => received,
    inFlight: () => upstream.unsettled,
    socket: () => socket,
  };
}

/** Lets the app finish what it has, sends what it still says, and leaves the bus. */
async function drainInOrder(
  {
    link,
    port,
    socket,
    edges,
  }: Pick<Measured, "port" | "socket"> & {
    readonly link: Upstream["link"];
    readonly edges: ReturnType<typeof createAppEdges>;
  },
  deadline: AbortSignal,
): Promise<void> {
  link.setWindow(0);
  await Promise.all([port.inbound?.idle(deadline), socket.idled(deadline), edges.idled(deadline)]);
  // Calls of the app that wait for the bus are answered first. New ones get DRAINING.
  await link.drain(deadline);
  await pause(lingerMs);
  edges.server.close();
  socket.close();
  edges.closeConsumers();
}
