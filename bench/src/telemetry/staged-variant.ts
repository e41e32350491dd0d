import { Cast } from "../run/cast.ts";
import type { Part } from "../run/part.ts";
import { type Started, startBroker, startSidecar } from "../run/programs.ts";
import { usageOf } from "../run/resources.ts";
import { requestRoutes } from "../run/routes.ts";
import type { Variant } from "./variants.ts";

/** What one round of a variant gave. */
export interface Round {
  /** CPU time of broker and sidecars for a request and its reply, in microseconds. */
  readonly cpuUs: number;
  readonly perSecond: number;
}

/** How often metrics are fetched, in milliseconds: fifteen times as often as Prometheus does by default. */
const scrapeMs = 1_000;

/** A broker, two sidecars, and the SDK at both ends, run in one way. */
export class StagedVariant {
  readonly variant: Variant;
  readonly #cast = new Cast();
  readonly #programs: Started[] = [];
  /** The broker's gRPC port. */
  brokerPort = 0;
  #requester: Part | undefined;

  constructor(variant: Variant) {
    this.variant = variant;
  }

  async start(): Promise<void> {
    const { execArgv = [], env = {} } = this.variant;
    const options = { execArgv, env, onStart: (program: Started["program"]) => this.#cast.running.push(program) };
    const broker = await startBroker("broker", requestRoutes, options);
    this.brokerPort = broker.port;
    const [near, far] = [this.#cast.socket("near"), this.#cast.socket("far")];
    const sidecars = await Promise.all([
      startSidecar("near sidecar", "requester", broker.port, { ...options, args: ["--socket", near] }),
      startSidecar("far sidecar", "replier", broker.port, { ...options, args: ["--socket", far] }),
    ]);
    this.#programs.push(broker, ...sidecars);
    await this.#cast.part("replier", "sdk.replier", { address: `unix:${far}` });
    this.#requester = await this.#cast.part("requester", "sdk.requester", { address: `unix:${near}` });
  }

  async measure(windowMs: number): Promise<Round> {
    const scraping = this.variant.isScraped ? setInterval(() => void this.#scrape(), scrapeMs) : undefined;
    if (scraping) await this.#scrape();
    const before = this.#cpuUs();
    const measured = await (this.#requester as Part).measure({ kind: "closed", inFlight: 64, windowMs, bytes: 200 });
    const cpuUs = (this.#cpuUs() - before) / measured.total;
    clearInterval(scraping);
    return { cpuUs, perSecond: measured.perSecond };
  }

  stop(): Promise<void> {
    return this.#cast.stop();
  }

  #cpuUs(): number {
    return this.#programs.reduce((sum, { program }) => sum + usageOf(program.child.pid as number).cpuUs, 0);
  }

  async #scrape(): Promise<void> {
    await Promise.all(
      this.#programs.map(({ adminPort }) =>
        fetch(`http://127.0.0.1:${adminPort}/metrics`).then(
          (response) => response.arrayBuffer(),
          () => undefined,
        ),
      ),
    );
  }
}
