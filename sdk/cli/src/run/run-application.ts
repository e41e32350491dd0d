import { Watchdog } from "@exosphere/process";
import { LaunchedProcess } from "./launched-process.ts";
import type { LogPrinter } from "./log-printer.ts";
import type { PlannedProcess } from "./planned-process.ts";
import type { ProcessPlan } from "./process-plan.ts";

/** What running an application needs. */
export interface RunApplicationOptions {
  readonly plan: ProcessPlan;
  readonly printer: LogPrinter;
  /** How long each process may take to come up, in milliseconds. */
  readonly timeoutMs: number;
}

/** An application as processes of this machine. */
export class RunningApplication {
  readonly #options: RunApplicationOptions;
  readonly #watchdog = new Watchdog();
  /** In the order in which they were started: the broker, the sidecars and the gateway, the services. */
  readonly #tiers: LaunchedProcess[][] = [];
  readonly #cannotRun = Promise.withResolvers<never>();
  #isStopping = false;

  constructor(options: RunApplicationOptions) {
    this.#options = options;
    this.#cannotRun.promise.catch(() => {}); // it may come when nobody waits for it any more
  }

  /** Rejects with a StartError if the command of a process that counts as up turns out to be none that can be run. */
  get cannotRun(): Promise<never> {
    return this.#cannotRun.promise;
  }

  /** Starts everything, each after what it needs. Resolves when all is up; rejects with a StartError if something is not. */
  async start(): Promise<void> {
    const { broker, sidecars, gateway, dashboard, services } = this.#options.plan;
    const beside = [gateway, dashboard].filter((planned) => planned !== undefined);
    for (const tier of [[broker], [...sidecars, ...beside], services]) {
      if (this.#isStopping) return;
      await this.#startTier(tier);
    }
  }

  /**
   * Stops everything, by force after `graceMs`: first what brings in work from outside, so that the others can answer what
   * is under way, then each before what it needs. A second call with a shorter grace shortens the first. Resolves when no process is left.
   */
  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true;
    if (graceMs === 0) await Promise.all(this.#tiers.flat().map((launched) => launched.stop(0)));
    const entries = this.#tiers.flat().filter(({ isEntry }) => isEntry);
    for (const tier of [entries, ...this.#tiers.toReversed()])
      await Promise.all(tier.map((launched) => launched.stop(graceMs)));
    await this.#watchdog.close();
  }

  async #startTier(tier: readonly PlannedProcess[]): Promise<void> {
    const { printer, timeoutMs } = this.#options;
    const launched = tier.map(
      (planned) =>
        new LaunchedProcess(planned, {
          printer,
          timeoutMs,
          watchdog: this.#watchdog,
          ...(!planned.isOptional && { onCannotRun: this.#cannotRun.reject }),
        }),
    );
    this.#tiers.push(launched);
    const starts = launched.map((process, index) => {
      const starting = process.start();
      if (!tier[index]?.isOptional) return starting;
      return starting.catch((error: Error) => printer.note(`${error.message}; the application runs without it`));
    });
    await Promise.all(starts);
  }
}
