import { setTimeout as pause } from "node:timers/promises";
import { type ComposedBroker, composeBroker, type GrpcServer, startGrpcServer } from "@exosphere/broker";
import { type AdminServer, adminOptionsOf, listen, startAdmin } from "@exosphere/http";
import { packageVersion, type RunningProcess, StartError } from "@exosphere/process";
import { type LoadedRun, readBearerTokens } from "@exosphere/settings";
import { createLog, createRegistry, type Log, processOutput, startTracing } from "@exosphere/telemetry";
import { BusLines } from "./bus-lines.ts";
import type { ExocomConfig, exocomSettings } from "./config.ts";
import { composeEdges, httpAgentOf } from "./edges.ts";
import { type EdgeState, registerExocomMetrics } from "./exocom-metrics.ts";

/** The version of this package. */
export const version: string = packageVersion(import.meta.url);

/** What this process is called where instances are listed. */
const agent = `exocom/${version}`;

/** The part of the grace for which a process that drains still delivers, as at a broker. */
const takingPart = 1 / 2;

/** How often it looks whether it is done, in milliseconds. */
const idleLookMs = 10;

/** An all-in-one that is up. */
export interface RunningExocom extends RunningProcess {
  /** Port of the JSON edges. */
  readonly port: number;
}

/** Puts broker and edges together in one process. Throws a SettingsError before any port is bound, a StartError if one is taken. */
export async function startExocom(loaded: LoadedRun<typeof exocomSettings>): Promise<RunningExocom> {
  const { config } = loaded;
  const log = createLog({ name: "exocom", level: config.logLevel, pretty: config.pretty, destination: "stderr" });
  const print = (line: string) => processOutput(1).write(`${line}\n`);
  const lines = new BusLines(print, (instance) => instance.agent !== httpAgentOf(agent));
  const broker = composeBroker({ config, log, agent, observer: lines });
  const tokens = broker.tokenFiles.open(config.tokenFile, "--token-file", readBearerTokens);
  const tracing = await startTracing({ service: "exocom", version, log });
  const edges = composeEdges({
    config,
    broker,
    notTaken: (role, name, refused) => lines.notTaken(role, name, refused),
    tokens,
    agent,
    tracer: tracing.tracer,
    log,
  });
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
    grpc = await openGrpc(config, broker);
    admin = await openAdmin(loaded, broker, log, { ready: () => readiness, edges });
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
        // Services go on taking what is accepted for them, until nothing is left or half of the time has passed.
        await idled(broker, AbortSignal.any([deadline, AbortSignal.timeout(config.grace * takingPart)]));
        broker.exocom.startDraining();
        await edges.drain(deadline);
        await broker.attachHost.drain(deadline, config.grace);
        await grpc?.drain();
        await tracing.flush(deadline);
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

/** Resolves when everything that was accepted is settled, or waits for services that are not there. */
async function idled({ exocom }: Pick<ComposedBroker, "exocom">, deadline: AbortSignal): Promise<void> {
  while (!exocom.isIdle && !deadline.aborted) await pause(idleLookMs);
}

/** The words by which tools have always known that the port is taken. On stdout as well, where they have looked for them. */
function addressInUse(error: unknown, print: (line: string) => void): unknown {
  if (!(error instanceof StartError) || !error.message.includes("already in use")) return error;
  const text = `address already in use: ${error.message}`;
  print(text);
  return new StartError(text, { cause: error });
}

async function openGrpc(config: ExocomConfig, broker: ComposedBroker) {
  const { grpcHost: host, grpcPort: port, maxPayload: maxPayloadBytes } = config;
  if (port === undefined) return undefined;
  const { attachHost } = broker;
  const admin = broker.admin();
  return startGrpcServer({ host, port, setting: "--grpc-port", attachHost, maxPayloadBytes, admin });
}

async function openAdmin(
  loaded: LoadedRun<typeof exocomSettings>,
  broker: ComposedBroker,
  log: Log,
  { ready, edges }: { readonly ready: () => true | string; readonly edges: EdgeState },
): Promise<AdminServer | undefined> {
  const { adminPort } = loaded.config;
  if (adminPort === undefined) return undefined;
  const registry = createRegistry({ version });
  registerExocomMetrics(registry, broker, edges);
  return startAdmin({
    ...adminOptionsOf({ ...loaded, config: { ...loaded.config, adminPort } }),
    log,
    registry,
    ready,
    remarks: () => broker.remarks(),
    tokens: broker.adminTokens,
    tokenFiles: broker.tokenFiles,
  });
}
