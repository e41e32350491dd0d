import { adminOptionsOf, startAdmin } from "@exosphere/http";
import { packageVersion, type RunningProcess } from "@exosphere/process";
import type { LoadedRun } from "@exosphere/settings";
import { createLog, createRegistry } from "@exosphere/telemetry";
import { composeBroker } from "./compose.ts";
import type { brokerSettings } from "./config.ts";
import { startGrpcServer } from "./grpc/grpc-server.ts";

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
  const log = createLog({ name: "exocom", level: config.logLevel, pretty: config.pretty });
  const broker = composeBroker({ config, log, agent: `exocom/${version}` });
  const { attachHost } = broker;
  const registry = createRegistry({ version });
  broker.register(registry);

  let isServing = true;
  const { host, port, maxPayload } = config;
  const grpc = await startGrpcServer({
    host,
    port,
    setting: "--port",
    attachHost,
    maxPayloadBytes: maxPayload,
    admin: broker.admin(),
  }).catch((error: unknown) => {
    broker.close();
    throw error;
  });
  const admin = await startAdmin({
    ...adminOptionsOf(loaded),
    log,
    registry,
    ready: () => isServing || "draining",
    remarks: () => broker.remarks(),
    tokens: broker.adminTokens,
    tokenFiles: broker.tokenFiles,
  }).catch((error: unknown) => {
    broker.close();
    grpc.close();
    throw error;
  });
  const { size: roles } = broker.exocom.roles;
  log.info({ port: grpc.port, adminPort: admin.port, routes: broker.origin, roles }, "broker online");

  const close = () => {
    broker.close();
    grpc.close();
    void admin.close();
  };
  return {
    port: grpc.port,
    adminPort: admin.port,
    async drain(deadline) {
      isServing = false;
      grpc.startDraining();
      broker.stopWatching();
      await attachHost.drain(deadline, config.grace);
      await grpc.drain();
      close();
    },
    close,
    log,
  };
}
