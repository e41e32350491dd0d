import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePorts, SupervisedProcess } from "@exosphere/runtime/process";

/** How long a process may take until it answers, in milliseconds: many times what it takes on a busy machine. */
const startMs = 20_000;

/** A process of the house under test, from the sources. */
export class HouseProcess {
  readonly output: string[] = [];
  readonly port: number;
  readonly admin: string;
  readonly #process: SupervisedProcess;

  private constructor(bin: string, args: readonly string[], ports: readonly [number, number], env: NodeJS.ProcessEnv) {
    const [port, adminPort] = ports;
    this.port = port;
    this.admin = `http://127.0.0.1:${adminPort}`;
    const file = fileURLToPath(import.meta.resolve(bin));
    this.#process = new SupervisedProcess({
      command: [process.execPath, "--disable-warning=ExperimentalWarning", file, ...args, `--port=${port}`, `--admin-port=${adminPort}`], // biome-ignore format: one line
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
      restart: false,
      onEvent: (event) => {
        if (event.kind === "line") this.output.push(event.text);
      },
    });
    this.#process.start();
  }

  /** A broker with these routes. */
  static async broker(routes: object, port?: number): Promise<HouseProcess> {
    const env = { SERVICE_DATA: JSON.stringify(routes) };
    return HouseProcess.#started("@exosphere/broker/bin", ["serve"], env, port);
  }

  /** A dashboard. */
  static async analytics(args: readonly string[], port?: number): Promise<HouseProcess> {
    return HouseProcess.#started(new URL("../../src/bin.ts", import.meta.url).href, args, {}, port);
  }

  static async #started(bin: string, args: readonly string[], env: NodeJS.ProcessEnv, fixed?: number) {
    const [free, adminPort] = (await freePorts(2)) as [number, number];
    const started = new HouseProcess(bin, args, [fixed ?? free, adminPort], env);
    const endMs = performance.now() + startMs;
    while (!(await isReady(started.admin))) {
      if (performance.now() > endMs) throw new Error(`${bin} is not ready: ${started.output.join("\n")}`);
      await pause(20);
    }
    return started;
  }

  async stop(): Promise<void> {
    await this.#process.stop(10_000);
  }
}

async function isReady(admin: string): Promise<boolean> {
  try {
    return (await fetch(`${admin}/readyz`)).ok;
  } catch {
    return false;
  }
}
