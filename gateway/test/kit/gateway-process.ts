import { freePorts } from "@exosphere/process";
import { type Exit, ProcessUnderTest } from "@exosphere/testkit";

/** `exo-gateway` as a process of its own, on free ports that it keeps when it is started again. */
export class GatewayProcess {
  readonly port: number;
  readonly admin: string;
  readonly #args: readonly string[];
  #process: ProcessUnderTest | undefined;

  private constructor(port: number, adminPort: number, args: readonly string[]) {
    this.port = port;
    this.admin = `http://127.0.0.1:${adminPort}`;
    this.#args = [...args, "--port", String(port), "--admin-port", String(adminPort)];
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
    this.#process = new ProcessUnderTest({ entry: new URL("../../src/bin.ts", import.meta.url), args: this.#args });
    await this.#process.answers(`${this.admin}/readyz`);
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    await this.#process?.kill();
  }

  /** Asks it to end, and resolves with how it did. */
  async stop(): Promise<Exit | undefined> {
    return this.#process?.stop();
  }
}
