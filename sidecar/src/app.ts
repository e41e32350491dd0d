import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import {
  createLog,
  createRegistry,
  type LoadedRun,
  type Log,
  listen,
  packageVersion,
  type RunningProcess,
  startAdmin,
} from "@exosphere/runtime";
import { AppCommand, settleAppAddress } from "./app-command.ts";
import type { SidecarConfig, sidecarSettings } from "./config.ts";
import { MessageCompleter } from "./core/outgoing-message.ts";
import { ReceivedMessages } from "./core/received.ts";
import { AppInbound } from "./inbound/app-inbound.ts";
import { createJsonEdge } from "./outbound/json-edge.ts";
import { requestEndpoint } from "./outbound/request-endpoint.ts";
import { sendEndpoint } from "./outbound/send-endpoint.ts";
import { statusEndpoints } from "./outbound/status-endpoints.ts";
import { registerSidecarMetrics, SidecarCounts } from "./telemetry/sidecar-metrics.ts";
import { Upstream } from "./upstream/upstream.ts";

/** The version of this package. */
export const version: string = packageVersion(import.meta.url);

/** An answer of the app may have replies with payloads, and what surrounds them: 64 KiB, as for auth and ids on the bus. */
const answerOverheadBytes = 64 * 1024;

/** What the answers of the app are called in metrics: CONTRACTS section 8. */
const outcomeLabels = { done: "ok", retry: "retry", failed: "handler_failed", dead: "dead" } as const;

/** A sidecar that is up. */
export interface RunningSidecar extends RunningProcess {
  /** Port of its JSON edge. */
  readonly port: number;
  /** Its admin port. */
  readonly adminPort: number;
}

/** Puts a sidecar together and starts it. Throws a StartError if a port is taken. */
export async function startSidecar(loaded: LoadedRun<typeof sidecarSettings>): Promise<RunningSidecar> {
  const { config } = loaded;
  const log = createLog({ name: "exo-sidecar", level: config.logLevel, pretty: config.pretty }).child({
    role: config.role,
  });
  const app = await settleAppAddress(config.app === undefined ? undefined : new URL(config.app), loaded.command);
  const sidecar = compose(config, app, log);

  const registry = createRegistry({ version });
  registerSidecarMetrics(registry, sidecar.counts, sidecar.gauges);
  const port = await listen(sidecar.edge, { host: config.host, port: config.port, setting: "--port" });
  const admin = await startAdmin({
    host: config.adminHost,
    port: config.adminPort,
    setting: "--admin-port",
    log,
    registry,
    settings: () => loaded.describe(),
    ready: () => sidecar.readiness(),
    token: config.adminTokenFile && readFileSync(config.adminTokenFile, "utf8").trim(),
  }).catch((error: unknown) => {
    sidecar.close();
    throw error;
  });
  log.info({ port, adminPort: admin.port, app: app?.href }, "sidecar online");
  const command =
    app && AppCommand.start({ command: loaded.command, app, role: config.role, host: config.host, port, log });

  const close = () => {
    command?.kill();
    sidecar.close();
    void admin.close();
  };
  return {
    port,
    adminPort: admin.port,
    async drain(deadline) {
      log.info("draining");
      await sidecar.drain(deadline);
      await command?.stop(config.grace);
      close();
    },
    close,
  };
}

/** Everything of a sidecar but its ports. */
function compose(config: SidecarConfig, app: URL | undefined, log: Log) {
  const received = new ReceivedMessages();
  const completer = new MessageCompleter(received, randomUUID);
  let isDraining = false;
  // The inbound side needs the link to settle, and the link needs the inbound side to deliver to.
  let inbound: AppInbound | undefined;
  const upstream = new Upstream({
    brokers: config.broker,
    role: config.role,
    token: config.attachTokenFile ? readFileSync(config.attachTokenFile, "utf8").trim() : "",
    agent: `exo-sidecar/${version} node/${process.versions.node}`,
    maxOutboxMessages: config.maxOutboxMessages,
    maxOutboxBytes: config.maxOutboxBytes,
    maxPayloadBytes: config.maxPayload,
    log,
    onDelivery: (incoming) => (inbound ? inbound.deliver(incoming) : upstream.settle(incoming, "returned")),
  });
  const { link } = upstream;
  const counts = new SidecarCounts((name) => upstream.isKnown(name));
  if (app) {
    inbound = new AppInbound({
      app,
      healthPath: config.appHealth,
      concurrency: config.concurrency,
      maxAnswerBytes: config.maxPayload + answerOverheadBytes,
      received,
      completer,
      bus: link,
      settle: (incoming, ...how) => upstream.settle(incoming as Parameters<typeof upstream.settle>[0], ...how),
      onWindow: (window) => upstream.setWindow(isDraining ? 0 : window),
      onHandled: (name, outcome, seconds) => counts.handled(name, outcomeLabels[outcome], seconds),
      log,
    });
  }
  const sending = { bus: link, completer, maxPayloadBytes: config.maxPayload, observer: counts, log };
  const edge = createJsonEdge({
    endpoints: [
      sendEndpoint(sending),
      requestEndpoint({ ...sending, maxOpenRequests: config.maxOpenRequests }),
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
  const close = () => {
    edge.close();
    edge.closeAllConnections();
    link.close();
    void inbound?.close();
  };
  return {
    edge,
    counts,
    close,
    gauges: {
      isAttached: () => link.isAttached,
      isAppReachable: () => inbound?.isReachable ?? false,
      isAppSetAside: () => inbound?.isSetAside ?? false,
      pending: () => link.pending,
    },
    readiness: () => (isDraining ? "draining" : upstream.readiness),
    /** Takes no new work, lets the app finish what it has, sends what it still says, and leaves the bus. */
    async drain(deadline: AbortSignal) {
      isDraining = true;
      upstream.setWindow(0);
      await inbound?.idle(deadline);
      // No new calls of the app; those that wait for the bus are answered first.
      edge.close();
      await link.drain(deadline);
    },
  };
}
