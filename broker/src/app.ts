import { randomInt } from "node:crypto";
import {
  createLog,
  createRegistry,
  type LoadedRun,
  type Log,
  packageVersion,
  type RunningProcess,
  startAdmin,
} from "@exosphere/runtime";
import type { BrokerConfig, brokerSettings } from "./config.ts";
import { Exocom } from "./core/exocom.ts";
import { envelopes } from "./envelopes.ts";
import { watchByPath } from "./file-watch.ts";
import { AttachAuthoriser } from "./grpc/attach-authoriser.ts";
import { AttachHost } from "./grpc/attach-host.ts";
import { startGrpcServer } from "./grpc/grpc-server.ts";
import { RoutesReloader } from "./routes-reloader.ts";
import { type FoundRoutes, readRoutes } from "./routes-source.ts";
import { systemClock } from "./system-clock.ts";
import { Latencies, registerBrokerMetrics, registerReloadMetrics } from "./telemetry/broker-metrics.ts";
import { logObserver } from "./telemetry/log-observer.ts";
import { registerSecurityMetrics } from "./telemetry/security-metrics.ts";
import { readAttachTokens, readToken } from "./tokens.ts";

/** The version of this package. */
export const version: string = packageVersion(import.meta.url);

/** A broker that is up. */
export interface RunningBroker extends RunningProcess {
  /** Its gRPC port. */
  readonly port: number;
  /** Its admin port. */
  readonly adminPort: number;
}

/** Puts a broker together and starts it. Throws a SettingsError before any port is bound, a StartError if one is taken. */
export async function startBroker(loaded: LoadedRun<typeof brokerSettings>): Promise<RunningBroker> {
  const { config } = loaded;
  const found = readRoutes(config);
  const tokens = readAttachTokens(config.attachTokens);
  const adminToken = readToken(config.adminTokenFile, "--admin-token-file");
  const log = createLog({ name: "exocom", level: config.logLevel, pretty: config.pretty });
  for (const warning of found.warnings) log.warn(warning);

  const latencies = new Latencies();
  const exocom = new Exocom({
    clock: systemClock,
    routes: found.routes,
    envelopes,
    limits: {
      maxQueueMessages: config.maxQueueMessages,
      maxQueueBytes: config.maxQueueBytes,
      maxPayloadBytes: config.maxPayload,
      maxAffinityBytes: config.maxAffinityBytes,
      maxHeldBytes: config.maxHeldBytes,
      defaultDeadlineMs: config.defaultDeadline,
    },
    observer: logObserver(log, systemClock),
    firstHandle: randomInt(1, 2 ** 31),
    latencyOf: (role) => latencies.of(role),
  });
  const authoriser = new AttachAuthoriser(tokens);
  const attachHost = new AttachHost({ exocom, clock: systemClock, authoriser, log, agent: `exocom/${version}` });
  const registry = createRegistry({ version });
  registerBrokerMetrics(registry, exocom, latencies, () => attachHost.queuedBytes);
  registerSecurityMetrics(registry, exocom.authoriser);
  const reloader = createReloader(config, found, exocom, log);
  registerReloadMetrics(registry, exocom, reloader);
  const stopReloading = reloadOnHangup(reloader);

  let isServing = true;
  const { host, port, maxPayload, adminHost, adminPort } = config;
  const grpc = await startGrpcServer({ host, port, attachHost, maxPayloadBytes: maxPayload, adminToken });
  const admin = await startAdmin({
    host: adminHost,
    port: adminPort,
    setting: "--admin-port",
    log,
    registry,
    settings: () => loaded.describe(),
    ready: () => isServing || "draining",
    remarks: () => (reloader.isStale ? ["the changed routes are broken, older ones are in force; see the log"] : []),
    token: adminToken,
  }).catch((error: unknown) => {
    stopReloading();
    grpc.close();
    throw error;
  });
  log.info({ port: grpc.port, adminPort: admin.port, routes: found.origin, roles: exocom.roles.size }, "broker online");

  const close = () => {
    stopReloading();
    attachHost.close();
    exocom.close();
    grpc.close();
    void admin.close();
  };
  return {
    port: grpc.port,
    adminPort: admin.port,
    async drain(deadline) {
      isServing = false;
      grpc.startDraining();
      await attachHost.drain(deadline, config.grace);
      await grpc.drain();
      close();
    },
    close,
    log,
  };
}

function createReloader(config: BrokerConfig, found: FoundRoutes, exocom: Exocom, log: Log): RoutesReloader {
  return new RoutesReloader({
    found,
    read: () => readRoutes(config),
    replace: (routes) => exocom.replaceRoutes(routes),
    watch: watchByPath,
    clock: systemClock,
    log,
  });
}

/** SIGHUP has the routes read again, as operators expect of a daemon. Returns what ends all reloading. */
function reloadOnHangup(reloader: RoutesReloader): () => void {
  const reload = () => reloader.reload();
  process.on("SIGHUP", reload);
  return () => {
    process.off("SIGHUP", reload);
    reloader.close();
  };
}
