import { freePorts } from "@exosphere/process";
import { ProcessUnderTest } from "./process-under-test.ts";

/** The routes of a test, as SERVICE_DATA has them. */
export type Routes = Readonly<
  Record<
    string,
    {
      readonly sends?: readonly string[];
      readonly receives?: readonly (string | Readonly<Record<string, unknown>>)[];
      readonly translations?: readonly { readonly public: string; readonly internal: string }[];
    }
  >
>;

/** How to run a broker. */
export interface BrokerOptions {
  /** Absent: `args` say where they come from. */
  readonly routes?: Routes;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Port to take, where it must be one that was used before. */
  readonly port?: number;
}

/** `exocom serve`, on ports of its own. The command is found by its place: the kit imports nothing of the broker. */
export class BrokerProcess extends ProcessUnderTest {
  readonly port: number;
  readonly admin: string;

  private constructor(port: number, adminPort: number, { routes, args = [], env }: BrokerOptions) {
    super({
      entry: new URL("../../../broker/src/bin.ts", import.meta.url),
      args: ["serve", "--port", String(port), "--admin-port", String(adminPort), ...args],
      env: { ...(routes && { SERVICE_DATA: JSON.stringify(routes) }), ...env },
    });
    this.port = port;
    this.admin = `http://127.0.0.1:${adminPort}`;
  }

  /** Resolves once it is ready. */
  static async start(options: BrokerOptions): Promise<BrokerProcess> {
    const [port, adminPort] = (await freePorts(2)) as [number, number];
    const broker = new BrokerProcess(options.port ?? port, adminPort, options);
    await broker.answers(`${broker.admin}/readyz`);
    return broker;
  }
}
