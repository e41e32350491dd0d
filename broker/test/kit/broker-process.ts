import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePorts, type ProcessEvent, SupervisedProcess } from "@exosphere/runtime/process";

/** How a process ended. */
export type Exit = Extract<ProcessEvent, { kind: "exited" }>;

const entry = fileURLToPath(new URL("../../src/bin.ts", import.meta.url));

/** How long a process may take until it answers, in milliseconds: many times what it takes on a busy machine. */
const startMs = 15_000;

/** `exocom` as a process of its own, run from source. */
export class BrokerProcess {
  readonly stdout: string[] = [];
  readonly stderr: string[] = [];
  readonly exited: Promise<Exit>;
  /** Its gRPC port, and where its admin port is, if it was started as a broker. */
  port = 0;
  admin = "";
  readonly #process: SupervisedProcess;

  /** Runs it with arguments, whatever comes of it. */
  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const { promise, resolve } = Promise.withResolvers<Exit>();
    this.exited = promise;
    this.#process = new SupervisedProcess({
      command: [process.execPath, "--disable-warning=ExperimentalWarning", entry, ...args],
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
      restart: false,
      onEvent: (event) => {
        if (event.kind === "line") this[event.stream].push(event.text);
        else if (event.kind === "exited") resolve(event);
      },
    });
    this.#process.start();
  }

  /** A broker with these routes, on free ports. Resolves once it is ready. */
  static async start(routes: object, args: readonly string[] = []): Promise<BrokerProcess> {
    const [port, adminPort] = (await freePorts(2)) as [number, number];
    const ports = ["--port", String(port), "--admin-port", String(adminPort)];
    const broker = new BrokerProcess(["serve", ...ports, ...args], { SERVICE_DATA: JSON.stringify(routes) });
    broker.port = port;
    broker.admin = `http://127.0.0.1:${adminPort}`;
    await broker.ready();
    return broker;
  }

  /** Exit code and stderr, once it has ended. */
  async failure(): Promise<{ readonly code: number | null; readonly text: string }> {
    const { code } = await this.exited;
    return { code, text: this.stderr.join("\n") };
  }

  /** Asks it to end and waits until it has. */
  async stop(): Promise<Exit> {
    await this.#process.stop(15_000);
    return this.exited;
  }

  private async ready(): Promise<void> {
    const endMs = performance.now() + startMs;
    while (!(await isReady(this.admin))) {
      if (performance.now() > endMs) throw new Error(`the broker is not ready: ${this.stderr.join("\n")}`);
      await pause(20);
    }
  }
}

async function isReady(admin: string): Promise<boolean> {
  try {
    return (await fetch(`${admin}/readyz`)).ok;
  } catch {
    return false;
  }
}
