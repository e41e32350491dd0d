import { AppUnderTest } from "./app-under-test.ts";
import { type BrokerOptions, BrokerProcess } from "./broker-process.ts";
import { type SidecarOptions, SidecarProcess } from "./sidecar-process.ts";

/** Whatever a test starts and has to stop. */
interface Stoppable {
  stop(): Promise<unknown>;
}

/** The processes of a test: a broker, sidecars and apps, all of which `stop` ends. */
export class Mesh {
  readonly #started: Stoppable[] = [];
  #broker: BrokerProcess | undefined;

  get broker(): BrokerProcess {
    if (!this.#broker) throw new Error("This mesh has no broker yet.");
    return this.#broker;
  }

  async startBroker(options: BrokerOptions): Promise<BrokerProcess> {
    this.#broker = this.keep(await BrokerProcess.start(options));
    return this.#broker;
  }

  async startApp(): Promise<AppUnderTest> {
    const app = await AppUnderTest.start();
    this.#started.push({ stop: () => app.close() });
    return app;
  }

  /** A sidecar that is attached. */
  async startSidecar(role: string, options: Partial<SidecarOptions> = {}): Promise<SidecarProcess> {
    return this.keep(await SidecarProcess.start({ role, broker: this.broker.port, ...options }));
  }

  /** A role's sidecar with an app behind it. */
  async startService(role: string, options: Partial<SidecarOptions> = {}) {
    const app = await this.startApp();
    return { app, sidecar: await this.startSidecar(role, { app: app.port, ...options }) };
  }

  /** Has something stopped in the end. */
  keep<T extends Stoppable>(started: T): T {
    this.#started.push(started);
    return started;
  }

  /** Stops everything, latest first. */
  async stop(): Promise<void> {
    const started = this.#started.splice(0).reverse();
    await Promise.all(started.map((each) => each.stop()));
  }
}
