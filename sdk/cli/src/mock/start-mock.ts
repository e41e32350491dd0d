import { composeEdges } from "@exosphere/exocom/edges";
import { listen } from "@exosphere/http";
import type { RunningProcess } from "@exosphere/process";
import { type LoadedRun, readBearerTokens, TokenFiles } from "@exosphere/settings";
import { createLog } from "@exosphere/telemetry";
import { deliverToApp } from "./app-delivery.ts";
import { controlEndpoints } from "./control-endpoints.ts";
import { busOf } from "./mock-routes.ts";
import type { mockSettings } from "./mock-settings.ts";

/** Who plays everybody else, where only the service's own rights are known, and nobody says another name. */
const otherRole = "test";

/** A mock that is up. */
export interface RunningMock extends RunningProcess {
  readonly port: number;
}

/** Starts what plays ExoCom for a service under test in any language. Throws as all processes do. */
export async function startMock(loaded: LoadedRun<typeof mockSettings>, version: string): Promise<RunningMock> {
  const { config } = loaded;
  const log = createLog({ name: "exo-mock", level: config.logLevel, pretty: config.pretty, destination: "stderr" });
  const tokenFiles = new TokenFiles({ log });
  const tokens = tokenFiles.open(config.tokenFile, "--token-file", readBearerTokens);
  const bus = busOf(config);
  // From the beginning, so that nothing that the service says is said to nobody.
  const plays = config.service === undefined ? undefined : bus.role(otherRole).name;
  const notTaken = (role: string, name: string, error: Error) => bus.noteRefused(role, name, error);
  const edges = composeEdges({
    config,
    broker: bus.broker,
    notTaken,
    tokens,
    agent: `exo-mock/${version}`,
    log,
    endpoints: controlEndpoints({
      bus,
      role: config.role,
      otherRole: plays,
      maxPayloadBytes: config.maxPayload,
      log,
    }),
    onAttachRefused: (error) => bus.noteAttachRefused(error),
  });
  const { role, app, concurrency } = config;
  const stopDelivering =
    app !== undefined && role !== undefined
      ? deliverToApp({
          role,
          app: new URL(app),
          concurrency,
          membership: edges.membership,
          notTaken: (name, error) => notTaken(role, name, error),
        })
      : () => {};
  const close = () => {
    stopDelivering();
    tokenFiles.close();
    edges.close();
    void bus.close();
  };
  try {
    const port = await listen(edges.server, { host: config.host, port: config.port, setting: "--port" });
    return {
      port,
      // A test that ends it has seen what it wanted to see.
      drain: async () => close(),
      close,
      log,
    };
  } catch (error) {
    close();
    throw error;
  }
}
