import { adminOptionsOf, listen, startAdmin } from "@exosphere/http";
import { packageVersion, type RunningProcess } from "@exosphere/process";
import { type LoadedRun, readTokens, TokenFiles, watchByPath } from "@exosphere/settings";
import { createLog, createRegistry, type Log, startTracing } from "@exosphere/telemetry";
import { composeGateway } from "./compose.ts";
import type { gatewaySettings } from "./config.ts";
import { RulesReloader, readRules } from "./rules/client-rules.ts";
import { registerGatewayMetrics } from "./telemetry/gateway-metrics.ts";

/** The version of this package. */
export const version: string = packageVersion(import.meta.url);

/** A gateway that is up. */
export interface RunningGateway extends RunningProcess {
  /** Port for clients. */
  readonly port: number;
  readonly adminPort: number;
}

/** Puts a gateway together and starts it. Throws a SettingsError before any port is bound, a StartError if one is taken. */
export async function startGateway(loaded: LoadedRun<typeof gatewaySettings>): Promise<RunningGateway> {
  const { config } = loaded;
  const found = readRules(config);
  const role = config.role ?? found.role ?? "";
  const log: Log = createLog({ name: "exo-gateway", level: config.logLevel, pretty: config.pretty }).child({ role });
  for (const warning of found.warnings) log.warn(warning);
  const tokenFiles = new TokenFiles({ log });
  const attachTokens = tokenFiles.open(config.attachTokenFile, "--attach-token-file", readTokens);
  const adminTokens = tokenFiles.open(config.adminTokenFile, "--admin-token-file", readTokens);
  const tracing = await startTracing({ service: role, version, log });
  const gateway = composeGateway({
    config,
    role,
    tokenFiles,
    attachTokens,
    agent: `exo-gateway/${version} node/${process.versions.node}`,
    version,
    found,
    tracer: tracing.tracer,
    log,
  });
  const reloader = new RulesReloader({
    source: config,
    found,
    watch: watchByPath,
    after: gateway.clock.after,
    replace: (changed) => {
      if ((config.role ?? changed.role) !== role)
        log.error({ newRole: changed.role }, "the gateway plays another role now: restart it. The old rules stay");
      else gateway.replaceRules(changed);
    },
    log,
  });
  const registry = createRegistry({ version, role });
  registerGatewayMetrics(registry, gateway.counts, gateway.gauges);
  const closeAll = () => {
    tokenFiles.close();
    reloader.close();
    gateway.close();
  };
  try {
    const port = await listen(gateway.server, { host: config.host, port: config.port, setting: "--port" });
    gateway.listensOn(port);
    const admin = await startAdmin({
      ...adminOptionsOf(loaded),
      log,
      registry,
      ready: () => gateway.readiness(),
      tokens: adminTokens,
      tokenFiles,
    });
    log.info({ port, adminPort: admin.port, state: config.state }, "gateway online");
    const close = () => {
      closeAll();
      void admin.close();
    };
    return {
      port,
      adminPort: admin.port,
      async drain(deadline) {
        reloader.close();
        await gateway.drain(deadline);
        await tracing.flush(deadline);
        close();
      },
      close,
      log,
    };
  } catch (error) {
    closeAll();
    throw error;
  }
}
