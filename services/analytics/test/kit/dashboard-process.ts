import { freePorts } from "@exosphere/process";
import { ProcessUnderTest } from "@exosphere/testkit";

/** `exo-analytics`, on ports of its own. */
export class DashboardProcess extends ProcessUnderTest {
  readonly port: number;
  readonly admin: string;

  private constructor(port: number, adminPort: number, args: readonly string[]) {
    super({
      entry: new URL("../../src/bin.ts", import.meta.url),
      args: [...args, `--port=${port}`, `--admin-port=${adminPort}`],
    });
    this.port = port;
    this.admin = `http://127.0.0.1:${adminPort}`;
  }

  /** Resolves once it is up, whether or not there is a broker. */
  static async start(args: readonly string[], fixed?: number): Promise<DashboardProcess> {
    const [free, adminPort] = (await freePorts(2)) as [number, number];
    const dashboard = new DashboardProcess(fixed ?? free, adminPort, args);
    await dashboard.answers(`${dashboard.admin}/readyz`);
    return dashboard;
  }
}
