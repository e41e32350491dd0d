import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePorts } from "@exosphere/process";
import { heapGrowth } from "@exosphere/process/launch";
import { root } from "../house.ts";

/** How V8 runs the program. What it has compiled is valid under the same flags alone. */
export const v8Flags = [heapGrowth];

/** How long a command may take until it is ready, and until it has ended, in ms. */
const patienceMs = 30_000;

/** One with a role for a sidecar and one for a gateway. */
const application = `
name: warm-up
services:
  web: { docker-image: web, messages: { sends: [hello], receives: [hello] } }
gateway:
  role: clients
  sends: [hello]
  receives: [hello]
  clients: { anonymous: { sends: all, receives: all } }
`;

/**
 * Runs every command once, from the files in a folder, and returns what V8 compiled meanwhile, by the names of the parts: what is needed
 * to start is then there, without the rest, which would cost time and memory.
 *
 * @throws Error if a command does not get ready
 */
export async function recordCode(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const record = join(folder, "recorded");
  mkdirSync(record);
  const routes = join(folder, "application.yml");
  writeFileSync(routes, application);
  const ports = await freePorts(10);
  const at = (index: number) => String(ports[index]);
  const broker = ["--broker", `127.0.0.1:${at(0)}`];
  const runs: readonly (readonly string[])[] = [
    ["exocom", "serve", "--app", routes, "--port", at(0), "--admin-port", at(1)],
    ["exocom", "--app", routes, "--port", at(2), "--admin-port", at(3)],
    ["exo-sidecar", "--role", "web", ...broker, "--port", at(4), "--admin-port", at(5)],
    ["exo-gateway", "--app", routes, ...broker, "--port", at(6), "--admin-port", at(7)],
    ["exo-analytics", ...broker, "--port", at(8), "--admin-port", at(9)],
    ["exo", "run", "--help"],
  ];
  const recordings = runs.map((args, index) => new Recording(folder, join(record, String(index)), args));
  try {
    await Promise.all(recordings.map((recording) => recording.ready()));
    await fetch(`http://127.0.0.1:${at(4)}/v1/send/hello`, { method: "POST", body: "{}" });
  } finally {
    await Promise.all(recordings.map((recording) => recording.stop()));
  }
  return largest(record);
}

/** A command that runs. */
class Recording {
  readonly #child: ChildProcess;
  readonly #args: readonly string[];
  #output = "";

  constructor(folder: string, into: string, args: readonly string[]) {
    this.#args = args;
    const recorder = join(root, "tools/binaries/record-code.cjs");
    this.#child = spawn(process.execPath, [...v8Flags, recorder, folder, into, ...args], {
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: process.env.PATH, HOME: folder },
    });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#output += text;
      });
  }

  /** Waits until its admin port says that it is ready, or until it has ended where it has none. */
  async ready(): Promise<void> {
    const adminPort = this.#args[this.#args.indexOf("--admin-port") + 1];
    const giveUpAt = performance.now() + patienceMs;
    while (this.#child.exitCode === null && performance.now() < giveUpAt) {
      if (await isReady(adminPort)) return;
      await sleep(50);
    }
    if (this.#child.exitCode !== 0) throw new Error(`${this.#args.join(" ")} did not start:\n${this.#output}`);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGTERM");
    const killing = setTimeout(() => this.#child.kill("SIGKILL"), patienceMs);
    await ended;
    clearTimeout(killing);
  }
}

async function isReady(port: string | undefined): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/readyz`);
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

/** Several commands have parts in common: of each, the recording with most of it. */
function largest(record: string): ReadonlyMap<string, Buffer> {
  const folders = readdirSync(record).map((name) => join(record, name));
  const names = new Set(folders.flatMap((folder) => readdirSync(folder)));
  const sizeOf = (file: string) => (existsSync(file) ? statSync(file).size : 0);
  const largestOf = (name: string) =>
    folders.map((folder) => join(folder, name)).reduce((best, file) => (sizeOf(file) > sizeOf(best) ? file : best));
  return new Map([...names].map((name) => [name, readFileSync(largestOf(name))]));
}
