import { adminOptionsOf, listen, startAdmin } from "@exosphere/http";
import { packageVersion, type RunningProcess } from "@exosphere/process";
import { type LoadedRun, readBearerTokens, readTokens, TokenFiles } from "@exosphere/settings";
import { createLog, createRegistry, startTracing } from "@exosphere/telemetry";
import { AppCommand, settleAppAddress } from "./app-command.ts";
import { composeSidecar } from "./compose.ts";
import type { SidecarConfig, sidecarSettings } from "./config.ts";
import { holdEndpoints } from "./hold-endpoints.ts";
import type { SocketHost } from "./socket/socket-host.ts";
import { startSocketServer } from "./socket/socket-server.ts";
import { registerSidecarMetrics } from "./telemetry/sidecar-metrics.ts";

/** The version of this package. */
export const version: string = packageVersion(import.meta.url);

/** What it runs, for people who look at the topology. */
const agent = `exo-sidecar/${version} node/${process.versions.node}`;

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
  const sidecar = composeSidecar({ config, app, tokens, agent, tracer: tracing.tracer, log });

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
    remarks: sidecar.remarks,
    endpoints: holdEndpoints(sidecar.intake, config.grace),
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
