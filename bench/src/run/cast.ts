import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Part } from "./part.ts";
import { type StartOptions, startBroker, startNats, startSidecar } from "./programs.ts";
import { type Running, stopAll } from "./running.ts";

/** The processes of one subject: starts them, knows them, and ends them, also when a start fails half way. */
export class Cast {
  readonly running: Running[] = [];
  readonly #profileFolder: string | undefined;
  #folder: string | undefined;

  /** With a folder, every process of Node leaves a CPU profile there when it ends. */
  constructor(profileFolder?: string) {
    this.#profileFolder = profileFolder;
  }

  /** Starts a part of ends/ and waits until it is ready. `part` is `file.function`. */
  async part(name: string, part: string, options: object = {}): Promise<Part> {
    const started = new Part(name, part, options, this.#execArgv(name));
    this.running.push(started);
    return started.ready();
  }

  /** Starts a broker. Resolves with its address. */
  async broker(
    routes: object,
    args: readonly string[] = [],
  ): Promise<{ readonly port: number; readonly address: string }> {
    const { port } = await startBroker("broker", routes, this.#options("broker", args));
    return { port, address: `127.0.0.1:${port}` };
  }

  /** Starts the sidecar of a role. Resolves with the port of its JSON edge. */
  async sidecar(role: string, broker: number, args: readonly string[] = []): Promise<number> {
    const name = `sidecar of the ${role}`;
    return (await startSidecar(name, role, broker, this.#options(name, args))).port;
  }

  /** Starts a NATS server. Resolves with its address. */
  nats(): Promise<string> {
    return startNats((program) => this.running.push(program));
  }

  /** The path of a new unix socket. */
  socket(name: string): string {
    this.#folder ??= mkdtempSync(join(tmpdir(), "exo-bench-"));
    return join(this.#folder, name);
  }

  /** Ends every process. */
  async stop(): Promise<void> {
    await stopAll(this.running);
    if (this.#folder) rmSync(this.#folder, { recursive: true, force: true });
  }

  #options(name: string, args: readonly string[]): StartOptions {
    return { args, execArgv: this.#execArgv(name), onStart: (program) => this.running.push(program) };
  }

  #execArgv(name: string): string[] {
    if (this.#profileFolder === undefined) return [];
    const file = `${name.replaceAll(" ", "-")}.cpuprofile`;
    return ["--cpu-prof", "--cpu-prof-interval", "500", "--cpu-prof-dir", this.#profileFolder, "--cpu-prof-name", file];
  }
}
