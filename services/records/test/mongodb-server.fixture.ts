import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePorts } from "@exosphere/process";

/** How to get a server that speaks MongoDB's protocol: for those who read that a test was skipped. */
export const howToInstall = "needs mongod on the PATH, or FerretDB: npm run ferretdb (takes Go 1.24 or newer)";

/** How long a server may take to start on a busy machine, in milliseconds. */
const startMs = 20_000;

/** A server that speaks MongoDB's protocol, with data of its own. */
export class MongodbServer {
  readonly url: string;
  readonly #process: ChildProcess;
  readonly #folder: string;

  private constructor(url: string, process: ChildProcess, folder: string) {
    this.url = url;
    this.#process = process;
    this.#folder = folder;
  }

  /** Whether it is MongoDB itself: FerretDB 1 replaces a document that has changed since it was compared. */
  get isMongodb(): boolean {
    return programOf() !== ferretdb;
  }

  /** Whether this machine has such a server. */
  static get isPresent(): boolean {
    return programOf() !== undefined;
  }

  /** Starts it, and resolves once it takes connections. */
  static async start(): Promise<MongodbServer> {
    const [port = 0] = await freePorts(1);
    const folder = mkdtempSync(join(tmpdir(), "exosphere-mongodb-"));
    const { program, args } = commandOf(port, folder);
    const server = new MongodbServer(`mongodb://127.0.0.1:${port}`, spawn(program, args, { stdio: "ignore" }), folder);
    const untilMs = performance.now() + startMs;
    while (!(await takesConnections(port))) {
      if (server.#process.exitCode !== null || performance.now() > untilMs) throw new Error(`${program} did not start`);
      await pause(50);
    }
    return server;
  }

  async stop(): Promise<void> {
    const ended = once(this.#process, "exit");
    this.#process.kill("SIGTERM");
    await ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

const ferretdb = fileURLToPath(new URL("../../../.tools/ferretdb", import.meta.url));

function programOf(): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return [...folders.map((folder) => join(folder, "mongod")), ferretdb].find((file) => existsSync(file));
}

function commandOf(port: number, folder: string): { readonly program: string; readonly args: readonly string[] } {
  const program = programOf();
  if (program === undefined) throw new Error(howToInstall);
  const data = join(folder, "data");
  mkdirSync(data);
  if (program !== ferretdb) return { program, args: [`--dbpath=${data}`, `--port=${port}`, "--bind_ip=127.0.0.1"] };
  const args = ["--handler=sqlite", `--sqlite-url=file:${data}/`, `--listen-addr=127.0.0.1:${port}`];
  return { program, args: [...args, `--state-dir=${folder}`, "--telemetry=disable", "--debug-addr=-"] };
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const told = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once("connect", () => told(true)).once("error", () => told(false));
  });
}
