import { join, resolve } from "node:path";
import { adminOptionsOf, registerConnections, startAdmin } from "@exosphere/http";
import { packageVersion, type RunningProcess, StartError } from "@exosphere/process";
import { type LoadedRun, readTokens, SettingsError, TokenFiles } from "@exosphere/settings";
import {
  createLog,
  createRegistry,
  type Log,
  plainCounter,
  plainGauge,
  type Registry,
  redaction,
} from "@exosphere/telemetry";
import { BusWatch } from "./bus/bus-watch.ts";
import type { AnalyticsConfig, analyticsSettings } from "./config.ts";
import { startPageServer } from "./http/page-server.ts";
import { Recorder } from "./recorder.ts";
import { GuardedArchive } from "./store/guarded-archive.ts";

/** The version of this package. */
export const version: string = packageVersion(import.meta.url);

/** How often the broker tells what it counted, in milliseconds: as often as the page can show it with calm. */
const statsIntervalMs = 1_000;

/** Bytes of events that may wait at the broker: two seconds of the usual limit, with payloads. */
const tapBufferBytes = 4 * 1024 * 1024;

const loopback = new Set(["127.0.0.1", "localhost", "::1"]);

/** A dashboard that is up. */
export interface RunningAnalytics extends RunningProcess {
  /** Port of the page. */
  readonly port: number;
  readonly adminPort: number;
}

/** Starts the dashboard. It need not find a broker yet. Throws a SettingsError or a StartError. */
export async function startAnalytics(loaded: LoadedRun<typeof analyticsSettings>): Promise<RunningAnalytics> {
  const { config } = loaded;
  const log = createLog({ name: "analytics", level: config.logLevel, pretty: config.pretty });
  const tokenFiles = new TokenFiles({ log });
  const tokens = openTokens(config, tokenFiles);
  const recorder = openRecorder(config, log);
  const registry = createRegistry({ version });
  registerMetrics(registry, recorder);
  const { host, port, allowHosts } = config;
  try {
    const page = await startPageServer({
      host,
      port,
      setting: "--port",
      allowHosts,
      tokens: tokens.page,
      recorder,
      log,
      info: { version, brokers: config.broker, keepMs: config.keep, payloads: config.payloads },
    });
    registerConnections(registry, "exo_analytics", "the dashboard", page.connections);
    const admin = await startAdmin({
      ...adminOptionsOf(loaded),
      log,
      registry,
      ready: () => true,
      remarks: () => remarksOf(recorder),
      // Without an admin token, the token of the page guards the admin port as well.
      tokens: tokens.admin ?? tokens.page,
      tokenFiles,
    }).catch((error: unknown) => {
      page.close();
      throw error;
    });
    const watch = watchBus(
      config,
      () => tokens.admin?.()[0],
      recorder,
      (facts, text) => log.info(facts, text),
    );
    log.info({ port: page.port, adminPort: admin.port, broker: config.broker.join(",") }, "dashboard online");
    const close = () => {
      tokenFiles.close();
      watch.close();
      page.close();
      void admin.close();
      recorder.close();
    };
    return { port: page.port, adminPort: admin.port, drain: async () => close(), close, log };
  } catch (error) {
    tokenFiles.close();
    recorder.close();
    throw error;
  }
}

/** Throws a SettingsError where others could read the bus by the page. */
function openTokens({ host, tokenFile, adminTokenFile }: AnalyticsConfig, files: TokenFiles) {
  if (tokenFile === undefined && !loopback.has(host)) {
    throw new SettingsError([
      `--host: on ${host} others could read what your services say to each other; give a token with --token-file`,
    ]);
  }
  return {
    page: files.open(tokenFile, "--token-file", readTokens),
    admin: files.open(adminTokenFile, "--admin-token-file", readTokens),
  };
}

function openRecorder({ dataDir, keep, maxStore, redact }: AnalyticsConfig, log: Log): Recorder {
  const file = join(resolve(dataDir), "analytics.sqlite");
  try {
    const archive = GuardedArchive.open(file, { keepMs: keep, maxBytes: maxStore }, (problem) => {
      if (problem === undefined) log.info({ file }, "the file of the last hour can be written again");
      else log.warn({ file }, problem);
    });
    return new Recorder({ archive, keepMs: keep, redact: redaction(redact), now: Date.now });
  } catch (error) {
    throw new StartError(`${file} cannot be used (${(error as Error).message}): choose another folder with --data-dir`);
  }
}

function watchBus(
  { broker, maxEvents, payloads, maxPayload }: AnalyticsConfig,
  token: () => string | undefined,
  recorder: Recorder,
  tell: (facts: object, text: string) => void,
): BusWatch {
  return new BusWatch({
    brokers: broker,
    token,
    statsIntervalMs,
    tap: {
      roles: [],
      names: [],
      activity: "",
      withPayload: payloads,
      maxPayloadBytes: maxPayload,
      maxEventsPerSecond: maxEvents,
      bufferBytes: tapBufferBytes,
    },
    onTap: (response) => recorder.takeTap(response),
    onStats: (response) => recorder.takeStats(response),
    onState: (state) => {
      const { isConnected, problem } = recorder.state;
      if (state.isConnected !== isConnected || state.problem !== problem)
        tell(state, state.isConnected ? "watching the bus" : "the bus cannot be watched");
      recorder.takeState(state);
    },
  });
}

/** What is wrong, though the dashboard is ready: it goes on with what it has. */
function remarksOf({ state, archive }: Recorder): string[] {
  const remarks = state.isConnected ? [] : [`not connected: ${state.problem}`];
  return archive.problem === undefined ? remarks : [...remarks, archive.problem];
}

function registerMetrics(registry: Registry, recorder: Recorder): void {
  const counter = (name: string, help: string, measure: () => number) =>
    plainCounter({ registry, name, help, labelNames: [], collect: () => [{ labels: {}, value: measure() }] });
  const gauge = (name: string, help: string, measure: () => number) =>
    plainGauge({ registry, name, help, labelNames: [], collect: () => [{ labels: {}, value: measure() }] });
  counter("exo_analytics_events_total", "Events of the bus that were read.", () => recorder.events);
  gauge("exo_analytics_connected", "1 while a broker is watched.", () => Number(recorder.state.isConnected));
  gauge("exo_analytics_share", "The share of the activities that is read.", () => recorder.tap.share);
  gauge("exo_analytics_open_activities", "Activities in memory.", () => recorder.activities.size);
  counter(
    "exo_analytics_store_failures_total",
    "Reads and writes of the file with the last hour that failed.",
    () => recorder.archive.failures,
  );
  counter(
    "exo_analytics_lost_activities_total",
    "Activities that were dropped, as they could not be written.",
    () => recorder.activities.lost,
  );
  gauge("exo_analytics_store_bytes", "Size of what is kept.", () => recorder.archive.held().bytes);
}
