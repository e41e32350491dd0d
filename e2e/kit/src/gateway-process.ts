import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "@exosphere/process";
import { type Exit, ProcessUnderTest } from "./process-under-test.ts";

/** What clients may do at a gateway. */
export interface GatewayRights {
  readonly role: string;
  /** Port of the broker. */
  readonly broker: number;
  /** What anonymous clients may send, and what they get. */
  readonly sends: readonly string[];
  readonly receives: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** `exo-gateway` as a process of its own, on ports that it keeps when it is started again. */
export class GatewayProcess {
  readonly port: number;
  readonly edge: string;
  readonly admin: string;
  readonly #args: readonly string[];
  readonly #env: Readonly<Record<string, string>>;
  /** Of its rules, if they are its own. */
  #folder: string | undefined;
  #process: ProcessUnderTest;

  private constructor(ports: readonly [number, number], args: readonly string[], env = {}) {
    const [port, adminPort] = ports;
    this.port = port;
    this.edge = `http://127.0.0.1:${port}`;
    this.admin = `http://127.0.0.1:${adminPort}`;
    this.#args = [...args, "--port", String(port), "--admin-port", String(adminPort)];
    this.#env = env;
    this.#process = this.#launch();
  }

  /** The process that was started last. */
  get process(): ProcessUnderTest {
    return this.#process;
  }

  /** Starts one whose rules are these rights. Resolves once the broker has it. */
  static async start({ role, broker, sends, receives, env }: GatewayRights): Promise<GatewayProcess> {
    const folder = mkdtempSync(join(tmpdir(), "exo-gateway-"));
    const rules = join(folder, "rules.json");
    writeFileSync(rules, JSON.stringify({ clients: { anonymous: { sends, receives } } }));
    const args = ["--role", role, "--broker", `127.0.0.1:${broker}`, "--rules", rules];
    const gateway = new GatewayProcess((await freePorts(2)) as [number, number], args, env);
    gateway.#folder = folder;
    return gateway.#ready();
  }

  /** Starts one with these arguments. Resolves once the broker has it. */
  static async startWith(args: readonly string[]): Promise<GatewayProcess> {
    return new GatewayProcess((await freePorts(2)) as [number, number], args).#ready();
  }

  /** Starts it anew, after it has ended, and waits until the broker has it. */
  async start(): Promise<void> {
    this.#process = this.#launch();
    await this.#ready();
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    await this.#process.kill();
  }

  /** Asks it to end, and resolves with how it did. */
  async stop(): Promise<Exit> {
    const exit = await this.#process.stop();
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
    return exit;
  }

  #launch(): ProcessUnderTest {
    const entry = new URL("../../../gateway/src/bin.ts", import.meta.url);
    return new ProcessUnderTest({ entry, args: this.#args, env: this.#env });
  }

  async #ready(): Promise<this> {
    await this.#process.answers(`${this.admin}/readyz`);
    return this;
  }
}
