import { fileURLToPath } from "node:url";
import { ExoRun } from "../exo-run.fixture.ts";

const folder = fileURLToPath(new URL("../../../../examples/space-tweet", import.meta.url));

/** The example as `npm start` runs it. */
export class RunningExample {
  /** Where people find the page. */
  readonly pageUrl: string;
  readonly #run: ExoRun;

  private constructor(run: ExoRun) {
    this.#run = run;
    this.pageUrl = /^web is at (\S+)$/m.exec(run.output)?.[1] ?? "";
  }

  /** Starts it; resolves once it is ready. */
  static async start(environment: NodeJS.ProcessEnv): Promise<RunningExample> {
    const run = new ExoRun([folder], environment);
    await run.ready();
    await run.until(/^web is at (\S+)$/m);
    return new RunningExample(run);
  }

  /** All that its processes have written. */
  get output(): string {
    return this.#run.output;
  }

  /** Kills the gateway, which is brought back. */
  killGateway(): void {
    if (this.#run.killThose(/exo-gateway|gateway\/src\/bin/) === 0) throw new Error("There is no gateway to kill.");
  }

  /** Kills the broker, which is brought back. */
  killBroker(): void {
    if (this.#run.killThose(/broker\/src\/bin/) === 0) throw new Error("There is no broker to kill.");
  }

  /** Asks the web service. */
  async post(path: string, body: unknown): Promise<void> {
    const response = await fetch(`${this.pageUrl}${path}`, { method: "POST", body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  }

  /** Ends all of it. */
  async stop(): Promise<void> {
    await this.#run.end("SIGTERM");
  }
}
