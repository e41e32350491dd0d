import { randomInt } from "node:crypto";
import { getHeapStatistics } from "node:v8";
import type { AcceptedTokens } from "@exosphere/http";
import type { AdminServiceServer } from "@exosphere/proto";
import { readTokens, TokenFiles, watchByPath } from "@exosphere/settings";
import type { Log, Registry } from "@exosphere/telemetry";
import { AdminService } from "./admin/admin-service.ts";
import { busStats } from "./admin/bus-stats.ts";
import { TapHub } from "./admin/tap-hub.ts";
import type { BusConfig } from "./bus-settings.ts";
import type { Exocom } from "./core/exocom.ts";
import type { Limits } from "./core/limits.ts";
import type { Observer } from "./core/observer.ts";
import { embedBroker } from "./embedded.ts";
import { AttachAuthoriser } from "./grpc/attach-authoriser.ts";
import type { AttachHost } from "./grpc/attach-host.ts";
import { RoutesReloader } from "./routes-reloader.ts";
import { type FoundRoutes, readRoutes } from "./routes-source.ts";
import { systemClock } from "./system-clock.ts";
import { bothObservers } from "./telemetry/both-observers.ts";
import { registerBrokerMetrics } from "./telemetry/broker-metrics.ts";
import { registerLinkMetrics, registerReloadMetrics } from "./telemetry/edge-metrics.ts";
import { Latencies } from "./telemetry/latencies.ts";
import { logObserver } from "./telemetry/log-observer.ts";
import { registerSecurityMetrics } from "./telemetry/security-metrics.ts";
import { readAttachTokens } from "./tokens.ts";

/** What a broker is composed of. */
export interface ComposeOptions {
  readonly config: BusConfig;
  readonly log: Log;
  /** What it runs, for those who attach. */
  readonly agent: string;
  /** Hears, beside the log, of what the core does. */
  readonly observer?: Observer;
}

/** Everything of a broker but its ports. */
export interface ComposedBroker {
  readonly exocom: Exocom;
  readonly attachHost: AttachHost;
  /** What operators ask of it over gRPC: with the admin token, or from loopback only. */
  admin(): AdminServiceServer;
  /** The admin tokens that are accepted at the moment; undefined: none is asked for. */
  readonly adminTokens: AcceptedTokens | undefined;
  /** The token files of the process. */
  readonly tokenFiles: TokenFiles;
  /** Ends the streams of those who watch. */
  stopWatching(): void;
  /** Where the routes come from, for the log. */
  readonly origin: string;
  /** A role's attach token, where the broker demands them. */
  tokenOf(role: string): string | undefined;
  register(registry: Registry): void;
  /** What `/readyz` should mention. */
  remarks(): string[];
  close(): void;
}

/** Puts a broker together, without anything that listens. Throws a SettingsError or an ApplicationError before it starts anything. */
export function composeBroker({ config, log, agent, observer = {} }: ComposeOptions): ComposedBroker {
  const found = readRoutes(config);
  const tokenFiles = new TokenFiles({ log });
  const tokens = tokenFiles.open(config.attachTokens, "--attach-tokens", readAttachTokens, () =>
    attachHost.checkTokens(),
  );
  const adminTokens = tokenFiles.open(config.adminTokenFile, "--admin-token-file", readTokens);
  for (const warning of found.warnings) log.warn(warning);
  const latencies = new Latencies();
  const hub = new TapHub(systemClock);
  const broker = embedBroker({
    clock: systemClock,
    routes: found.routes,
    limits: limitsOf(config),
    attachLimits: config,
    observer: bothObservers(bothObservers(logObserver(log, systemClock), observer), hub.observer),
    seed: randomInt(2 ** 31),
    latencyOf: (role, name) => latencies.of(role, name),
    authoriser: new AttachAuthoriser(tokens),
    log,
    agent,
  });
  const { exocom, attachHost } = broker;
  const reloader = createReloader(config, found, exocom, log);
  const stopReloading = reloadOnHangup(reloader, tokenFiles);
  const services: AdminService[] = [];
  const topology = () => attachHost.topology();
  const latency = (role: string, name: string) => latencies.snapshot(role, name);
  const stats = () => busStats({ exocom, clock: systemClock, topology, latency, taps: hub });
  const stopWatching = () => services.forEach((service) => void service.close());
  return {
    exocom,
    attachHost,
    adminTokens,
    tokenFiles,
    admin() {
      const service = new AdminService({ clock: systemClock, topology, stats, hub, tokens: adminTokens });
      services.push(service);
      return service.handlers();
    },
    stopWatching,
    origin: found.origin,
    tokenOf: (role) => tokens?.().get(role)?.[0],
    register(registry) {
      registerBrokerMetrics(registry, exocom, latencies);
      registerLinkMetrics(registry, attachHost);
      registerSecurityMetrics(registry, exocom.authoriser);
      registerReloadMetrics(registry, exocom, reloader);
    },
    remarks: () => (reloader.isStale ? ["the changed routes are broken, older ones are in force; see the log"] : []),
    close() {
      stopReloading();
      stopWatching();
      broker.close();
    },
  };
}

/**
 * The part of V8's heap limit that messages may take, where nobody says. What a message counts for is nearly all heap if it is
 * small; the other half is for everything else, and for the garbage between two collections.
 */
const messagesPart = 1 / 2;

function limitsOf(config: BusConfig): Limits {
  return {
    maxPayloadBytes: config.maxPayload,
    defaultDeadlineMs: config.defaultDeadline,
    maxRoleRate: config.maxRoleRate ?? Number.POSITIVE_INFINITY,
    maxQueueMessages: config.maxQueueMessages,
    maxQueueBytes: config.maxQueueBytes,
    maxTotalBytes: config.maxTotalBytes ?? Math.floor(getHeapStatistics().heap_size_limit * messagesPart),
    maxInFlightBytes: config.maxInFlightBytes,
    maxAffinityBytes: config.maxAffinityBytes,
    maxHeldBytes: config.maxHeldBytes,
    maxSecurityRequests: config.maxSecurityRequests,
    maxReplyStreams: config.maxReplyStreams,
  };
}

function createReloader(config: BusConfig, found: FoundRoutes, exocom: Exocom, log: Log): RoutesReloader {
  return new RoutesReloader({
    found,
    read: () => readRoutes(config),
    replace: (routes) => exocom.replaceRoutes(routes),
    watch: watchByPath,
    clock: systemClock,
    log,
  });
}

/** SIGHUP has routes and tokens read again, as operators expect of a daemon. Returns what ends all reloading. */
function reloadOnHangup(reloader: RoutesReloader, tokenFiles: TokenFiles): () => void {
  const reload = () => {
    reloader.reload();
    tokenFiles.reload();
  };
  process.on("SIGHUP", reload);
  return () => {
    process.off("SIGHUP", reload);
    reloader.close();
    tokenFiles.close();
  };
}
