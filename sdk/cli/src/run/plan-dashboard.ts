import { join } from "node:path";
import type { Application } from "@exosphere/application";
import type { PlannedProcess } from "./planned-process.ts";

/** What the dashboard of an application is planned from. */
export interface DashboardPlanInput {
  readonly application: Application;
  /** The program, without its arguments. */
  readonly program: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** The broker, HOST:PORT. */
  readonly broker: string;
  readonly port: number;
  readonly adminPort: number;
}

/** The process that shows the bus. The application runs without it as well. */
export function planDashboard({
  application,
  program,
  env,
  broker,
  port,
  adminPort,
}: DashboardPlanInput): PlannedProcess {
  const { EXO_DATA_DIR: folder = join(application.root, ".data") } = env;
  const flags = { broker, port, "admin-port": adminPort, "data-dir": folder };
  return {
    name: "analytics",
    logsJson: true,
    command: [...program, ...Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`)],
    cwd: application.root,
    env,
    up: { readyUrl: `http://127.0.0.1:${adminPort}/readyz` },
    isOptional: true,
  };
}
