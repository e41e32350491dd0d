import { fileURLToPath } from "node:url";
import { freePorts, type ProcessEvent, SupervisedProcess, Watchdog } from "@exosphere/runtime/process";
import { eventually } from "./eventually.ts";

type Exit = Extract<ProcessEvent, { kind: "exited" }>;

/** `exo-gateway` as a process of its own, on free ports that it keeps when it is started again. */
export class GatewayProcess {
  readonly port: number;
  readonly adminPort: number;
  readonly lines: string[] = [];
  readonly #args: readonly string[];
  readonly #watchdog = new Watchdog();
  #process: SupervisedProcess | undefined;
  #exited: Promise<Exit> | undefined;

  private constructor(port: number, adminPort: number, args: readonly string[]) {
    this.port = port;
    this.adminPort = adminPort;
    this.#args = args;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  static async start(args: readonly string[]): Promise<GatewayProcess> {
    const [port, adminPort] = (await freePorts(2)) as [number, number];
    const gateway = new GatewayProcess(port, adminPort, args);
    await gateway.start();
    return gateway;
  }

  /** Starts it, and waits until the broker has it. */
  async start(): Promise<void> {
    this.launch();
    await eventually(
      "a gateway that is ready",
      async () => (await fetch(`http://127.0.0.1:${this.adminPort}/readyz`).catch(() => undefined))?.status === 200,
      30_000,
    );
  }

  /** Starts it. */
  launch(): void {
    const entry = fileURLToPath(new URL("../../src/bin.ts", import.meta.url));
    const ports = ["--port", String(this.port), "--admin-port", String(this.adminPort)];
    const { promise, resolve } = Promise.withResolvers<Exit>();
    this.#exited = promise;
    this.#process = new SupervisedProcess({
      command: [process.execPath, "--disable-warning=ExperimentalWarning", entry, ...this.#args, ...ports],
      env: { PATH: process.env.PATH, HOME: process.env.HOME },
      restart: false,
      watchdog: this.#watchdog,
      onEvent: (event) => {
        if (event.kind === "line") this.lines.push(event.text);
        else if (event.kind === "exited") resolve(event);
      },
    });
    this.#process.start();
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    process.kill(this.#process?.pid as number, "SIGKILL");
    await this.#exited;
  }

  /** Asks it to end, and resolves with how it did. */
  async term(): Promise<Exit> {
    process.kill(this.#process?.pid as number, "SIGTERM");
    return this.#exited as Promise<Exit>;
  }

  /** Resolves with how it ends. */
  exited(): Promise<Exit> {
    return this.#exited as Promise<Exit>;
  }

  async stop(): Promise<void> {
    await this.#process?.stop(5_000);
    await this.#watchdog.close();
  }
}
