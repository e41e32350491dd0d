import { freePorts } from "@exosphere/process";
import { eventually } from "./eventually.ts";
import { metricOf } from "./metrics.ts";
import { ProcessUnderTest } from "./process-under-test.ts";

/** How to run a sidecar. */
export interface SidecarOptions {
  readonly role: string;
  /** Port of the broker, or ports in the order of preference. */
  readonly broker: number | readonly number[];
  /** Port of the app, if it has one. */
  readonly app?: number | undefined;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** `exo-sidecar`, on ports of its own. */
export class SidecarProcess extends ProcessUnderTest {
  readonly role: string;
  readonly port: number;
  /** Where its JSON edge is. */
  readonly edge: string;
  readonly admin: string;

  private constructor(port: number, adminPort: number, options: SidecarOptions) {
    const { role, broker, app, args = [], env } = options;
    super({
      entry: new URL("../../../sidecar/src/bin.ts", import.meta.url),
      args: [
        ...[
          "--role",
          role,
          "--broker",
          [broker]
            .flat()
            .map((each) => `127.0.0.1:${each}`)
            .join(","),
        ],
        ...["--port", String(port), "--admin-port", String(adminPort)],
        ...(app === undefined ? [] : ["--app", `http://127.0.0.1:${app}`]),
        ...args,
      ],
      ...(env && { env }),
    });
    this.role = role;
    this.port = port;
    this.edge = `http://127.0.0.1:${port}`;
    this.admin = `http://127.0.0.1:${adminPort}`;
  }

  /** Resolves once its edge listens, whether or not a broker has taken it in. */
  static async launch(options: SidecarOptions): Promise<SidecarProcess> {
    const [port, adminPort] = (await freePorts(2)) as [number, number];
    const sidecar = new SidecarProcess(port, adminPort, options);
    await sidecar.answers(`${sidecar.admin}/livez`);
    return sidecar;
  }

  /** Resolves once a broker has taken it in, and its app, if it has one, is there. */
  static async start(options: SidecarOptions): Promise<SidecarProcess> {
    const sidecar = await SidecarProcess.launch(options);
    await sidecar.answers(`${sidecar.admin}/readyz`);
    if (options.app !== undefined) await sidecar.reachesItsApp();
    return sidecar;
  }

  async reachesItsApp(isReachable = true): Promise<void> {
    const wanted = isReachable ? 1 : 0;
    await eventually(
      `the app of ${this.role} is ${isReachable ? "up" : "gone"}`,
      async () => (await metricOf(this.admin, "exo_sidecar_app_reachable")) === wanted,
    );
  }
}
