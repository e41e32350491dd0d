import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "@exosphere/process";
import { type Exit, ProcessUnderTest } from "./process-under-test.ts";

/** How to run a gateway. */
export interface GatewayOptions {
  readonly role: string;
  /** Port of the broker. */
  readonly broker: number;
  /** What anonymous clients may send, and what they get. */
  readonly sends: readonly string[];
  readonly receives: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** `exo-gateway`, on ports of its own. */
export class GatewayProcess extends ProcessUnderTest {
  readonly edge: string;
  readonly admin: string;
  readonly #folder: string;

  private constructor(ports: readonly [number, number], folder: string, { role, broker, env }: GatewayOptions) {
    const [port, adminPort] = ports;
    super({
      entry: new URL("../../../gateway/src/bin.ts", import.meta.url),
      args: [
        ...["--role", role, "--broker", `127.0.0.1:${broker}`, "--rules", join(folder, "rules.json")],
        ...["--port", String(port), "--admin-port", String(adminPort)],
      ],
      ...(env && { env }),
    });
    this.#folder = folder;
    this.edge = `http://127.0.0.1:${port}`;
    this.admin = `http://127.0.0.1:${adminPort}`;
  }

  /** Resolves once it is ready. */
  static async start(options: GatewayOptions): Promise<GatewayProcess> {
    const folder = mkdtempSync(join(tmpdir(), "exo-gateway-"));
    const { sends, receives } = options;
    writeFileSync(join(folder, "rules.json"), JSON.stringify({ clients: { anonymous: { sends, receives } } }));
    const gateway = new GatewayProcess((await freePorts(2)) as [number, number], folder, options);
    await gateway.answers(`${gateway.admin}/readyz`);
    return gateway;
  }

  override async stop(graceMs?: number): Promise<Exit> {
    const exit = await super.stop(graceMs);
    rmSync(this.#folder, { recursive: true, force: true });
    return exit;
  }
}
