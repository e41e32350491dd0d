import { join } from "node:path";
import type { PlannedProcess, SharedPlanInput } from "./planned-process.ts";

/** The process that shows the bus. The application runs without it as well. */
export function planDashboard({ application, program, env, broker, port, adminPort }: SharedPlanInput): PlannedProcess {
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
