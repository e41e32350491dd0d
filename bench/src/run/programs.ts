import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePorts } from "@exosphere/process";
import { adopt, type Running } from "./running.ts";

/** Where the built programs are, whose start and memory are those that users get. Without it the sources run. */
const build = process.env.EXO_BENCH_BUILD;

/** How long a program may take to be ready, in milliseconds: far more than it needs, also on a busy machine. */
const readyMs = 30_000;

/** A program that users run, as a process of a subject. */
export class Program implements Running {
  readonly name: string;
  readonly child: ChildProcess;

  /** Starts it. */
  constructor(name: string, command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.name = name;
    const child = spawn(command, args, {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...cleanEnvironment(), ...env },
    });
    this.child = adopt(child);
    this.child.on("error", (error) => console.error(`${command}: ${error.message}`));
  }

  /** At once: draining is not what is measured. With a profile in order, as it is written at the end. */
  async stop(): Promise<void> {
    this.child.kill(this.child.spawnargs.includes("--cpu-prof") ? "SIGTERM" : "SIGKILL");
  }

  /** Looks every 2 ms whether it is ready, so that the time can be told. */
  async until(isReady: () => Promise<boolean>): Promise<void> {
    const endMs = performance.now() + readyMs;
    while (performance.now() < endMs && this.child.exitCode === null && this.child.signalCode === null) {
      if (await isReady()) return;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    throw new Error(`'${this.child.spawnargs.join(" ")}' did not become ready.`);
  }
}

/** A broker or a sidecar that is ready. */
export interface Started {
  readonly program: Program;
  /** A broker's gRPC port, a sidecar's JSON edge. */
  readonly port: number;
  readonly adminPort: number;
  /** From the start of the process to the first `/readyz` that said so. */
  readonly readyMs: number;
}

/** How a program of ours is started beside its own flags. */
export interface StartOptions {
  readonly args?: readonly string[];
  readonly execArgv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Has it started, not waited for. */
  readonly onStart?: (program: Program) => void;
}

/** Starts a broker with these routes. */
export async function startBroker(name: string, routes: object, options: StartOptions = {}): Promise<Started> {
  // Not by the variable: 10,000 routes are too long for one.
  const folder = mkdtempSync(join(tmpdir(), "exo-bench-"));
  const file = join(folder, "routes.json");
  writeFileSync(file, JSON.stringify(routes));
  try {
    return await startOurs(name, "broker", ["serve", "--routes", file], options);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Starts a sidecar for a role. */
export function startSidecar(name: string, role: string, broker: number, options: StartOptions = {}): Promise<Started> {
  const args = ["--role", role, "--broker", `127.0.0.1:${broker}`, "--concurrency", "4096", ...(options.args ?? [])];
  return startOurs(name, "sidecar", [], { ...options, args });
}

/** Starts a dashboard that watches a broker. */
export function startDashboard(broker: number, folder: string, options: StartOptions = {}): Promise<Started> {
  const args = ["--broker", `127.0.0.1:${broker}`, "--data-dir", folder];
  return startOurs("dashboard", "analytics", [], { ...options, args });
}

async function startOurs(
  name: string,
  part: string,
  first: readonly string[],
  { args = [], execArgv = [], env = {}, onStart }: StartOptions,
): Promise<Started> {
  const [port, adminPort] = (await freePorts(2)) as [number, number];
  const file = build
    ? join(build, part === "analytics" ? "services/analytics" : part, "src", "bin.js")
    : fileURLToPath(import.meta.resolve(`@exosphere/${part}/bin`));
  const flags = ["--port", `${port}`, "--admin-port", `${adminPort}`, "--log-level", "warn", ...args];
  const startedMs = performance.now();
  const program = new Program(name, process.execPath, [...execArgv, file, ...first, ...flags], env);
  onStart?.(program);
  const url = `http://127.0.0.1:${adminPort}/readyz`;
  await program.until(() =>
    fetch(url).then(
      async (response) => {
        await response.arrayBuffer();
        return response.ok;
      },
      () => false,
    ),
  );
  return { program, port, adminPort, readyMs: performance.now() - startedMs };
}

/** Starts a NATS server. */
export async function startNats(onStart: (program: Program) => void): Promise<string> {
  const [port, monitorPort] = (await freePorts(2)) as [number, number];
  const flags = ["-a", "127.0.0.1", "-p", `${port}`, "-m", `${monitorPort}`, "-l", "/dev/null"];
  const program = new Program("nats-server", "nats-server", flags);
  onStart(program);
  await program.until(() =>
    fetch(`http://127.0.0.1:${monitorPort}/healthz`).then(
      (response) => response.ok,
      () => false,
    ),
  );
  return `nats://127.0.0.1:${port}`;
}

/** Settings of Exosphere and of tracing on this machine are not for what is measured. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(?:EXO|OTEL_|NODE_OPTIONS$|SERVICE_DATA$)/.test(name));
  return Object.fromEntries(kept);
}
