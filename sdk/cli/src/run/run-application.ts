import { Watchdog } from "@exosphere/process";
import { LaunchedProcess, type ProcessState } from "./launched-process.ts";
import type { LogPrinter } from "./log-printer.ts";
import type { PlannedInstance } from "./plan-instance.ts";
import type { PlannedProcess } from "./planned-process.ts";
import type { ProcessPlan } from "./process-plan.ts";

/** What running an application needs. */
export interface RunApplicationOptions {
  readonly plan: ProcessPlan;
  readonly printer: LogPrinter;
  /** How long each process may take to come up, in milliseconds. */
  readonly timeoutMs: number;
  /** How long a process may take to end that is exchanged, or needed no more, in milliseconds. */
  readonly graceMs?: number;
  /** Whether the application does not start without every app; otherwise it is said, and tried again with the next change. Default: true. */
  readonly areAppsNeeded?: boolean;
  /** Holds the deliveries of an instance back, or lets them in again. */
  readonly hold?: (instance: PlannedInstance, isHeld: boolean) => Promise<void>;
}

interface Running {
  readonly planned: PlannedProcess;
  readonly launched: LaunchedProcess;
  /** Which group it belongs to: each is started before the next, and stopped after it. */
  readonly tier: number;
}

/** An application as processes of this machine, which may change while it runs. */
export class RunningApplication {
  readonly #options: RunApplicationOptions;
  readonly #watchdog = new Watchdog();
  /** By their names. */
  readonly #running = new Map<string, Running>();
  readonly #cannotRun = Promise.withResolvers<never>();
  #plan: ProcessPlan;
  #isStopping = false;
  /** Changes are made one after the other. */
  #lastChange: Promise<void> = Promise.resolve();

  constructor(options: RunApplicationOptions) {
    this.#options = options;
    this.#plan = options.plan;
    this.#cannotRun.promise.catch(() => {}); // it may come when nobody waits for it any more
  }

  /** Rejects with a StartError if the command of a process that counts as up turns out to be none that can be run. */
  get cannotRun(): Promise<never> {
    return this.#cannotRun.promise;
  }

  /** What runs at the moment. */
  get plan(): ProcessPlan {
    return this.#plan;
  }

  /** How each process goes, by its name. */
  stateOf(name: string): ProcessState | undefined {
    return this.#running.get(name)?.launched.state;
  }

  /** Whether all apps of a role run, or are about to. */
  runs(role: string): boolean {
    const apps = this.#plan.instances
      .filter((each) => each.role === role)
      .map(({ app }) => this.stateOf(app.name)?.kind);
    return apps.every((kind) => kind === "up" || kind === "starting" || kind === "restarting");
  }

  /** Starts everything, each after what it needs. Resolves when all is up; rejects with a StartError if something is not that is needed. */
  start(): Promise<void> {
    const { areAppsNeeded = true } = this.#options;
    const isNeeded = (planned: PlannedProcess, tier: number) =>
      !planned.isOptional && (areAppsNeeded || tier !== appTier);
    return this.#inTurn(async () => {
      for (const [tier, processes] of tiersOf(this.#plan).entries())
        await Promise.all(processes.map((planned) => this.#start(planned, tier, isNeeded(planned, tier))));
    });
  }

  /**
   * Becomes what another plan says: stops what is not in it any more, exchanges what has changed and starts what is new. What does not
   * come up is said, and tried again with the next change.
   */
  change(plan: ProcessPlan): Promise<void> {
    this.giveUpStarts();
    return this.#inTurn(async () => {
      const tiers = tiersOf(plan);
      const wanted = new Map(tiers.flat().map((planned) => [planned.name, JSON.stringify(planned)]));
      const isOther = ({ planned, launched }: Running) =>
        launched.state.kind === "failed" ||
        launched.state.kind === "stopped" ||
        wanted.get(planned.name) !== JSON.stringify(planned);
      this.#plan = plan;
      const gone = [...this.#running.values()].filter(isOther);
      const names = new Set(gone.map(({ planned }) => planned.name));
      // Apps that are exchanged while their sidecars stay.
      const held = plan.instances.filter(({ app, sidecar }) => names.has(app.name) && this.#isUp(sidecar, names));
      await Promise.all(held.map((instance) => this.#hold(instance, true)));
      await this.#stop(gone, this.#options.graceMs ?? 0);
      for (const [tier, processes] of tiers.entries()) {
        const missing = processes.filter(({ name }) => !this.#running.has(name));
        await Promise.all(missing.map((planned) => this.#start(planned, tier, false)));
      }
      await Promise.all(held.map((instance) => this.#hold(instance, false)));
    });
  }

  /** Exchanges the app of an instance while its sidecar keeps its place: what comes meanwhile waits. */
  exchange(instance: PlannedInstance): Promise<void> {
    const { graceMs = 0 } = this.#options;
    this.giveUpStarts((name) => name === instance.app.name);
    return this.#inTurn(async () => {
      const { app } = instance;
      await this.#hold(instance, true);
      try {
        const running = this.#running.get(app.name);
        if (running) await this.#stop([running], graceMs);
        await this.#start(app, appTier, false);
      } finally {
        await this.#hold(instance, false);
      }
    });
  }

  /** Stops all apps of a role; their sidecars stay. False: none runs. They are started again with the next change. */
  async stopService(role: string): Promise<boolean> {
    const names = new Set(this.#plan.instances.filter((each) => each.role === role).map(({ app }) => app.name));
    const those = [...this.#running.values()].filter(({ planned }) => names.has(planned.name));
    await this.#inTurn(() => this.#stop(those, this.#options.graceMs ?? 0));
    return those.length > 0;
  }

  /**
   * Stops everything, by force after `graceMs`: first what brings in work from outside, so that the others can answer what
   * is under way, then each before what it needs. A second call with a shorter grace shortens the first. Resolves when no process is left.
   */
  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true;
    const all = () => [...this.#running.values()];
    if (graceMs === 0) await Promise.all(all().map(({ launched }) => launched.stop(0)));
    await this.#stop(all(), graceMs);
    // A change that was under way may have started something meanwhile.
    await this.#lastChange;
    await this.#stop(all(), graceMs);
    await this.#watchdog.close();
  }

  async #stop(those: readonly Running[], graceMs: number): Promise<void> {
    const entries = those.filter(({ launched }) => launched.isEntry);
    const tiers = [2, 1, 0].map((tier) => those.filter((running) => running.tier === tier));
    for (const group of [entries, ...tiers]) await Promise.all(group.map(({ launched }) => launched.stop(graceMs)));
    for (const { planned, launched } of those)
      if (this.#running.get(planned.name)?.launched === launched) this.#running.delete(planned.name);
  }

  /** Rejects if it does not come up and is needed; says so otherwise. */
  async #start(planned: PlannedProcess, tier: number, isNeeded: boolean): Promise<void> {
    if (this.#isStopping) return;
    const { printer, timeoutMs } = this.#options;
    const launched = new LaunchedProcess(planned, {
      printer,
      timeoutMs,
      watchdog: this.#watchdog,
      ...(isNeeded && { onCannotRun: this.#cannotRun.reject }),
    });
    this.#running.set(planned.name, { planned, launched, tier });
    const starting = launched.start();
    if (isNeeded) return starting;
    await starting.catch((error: Error) => {
      const isGivenUp = launched.state.kind === "stopped";
      if (!isGivenUp) printer.note(`${error.message}; the application runs without it`);
    });
  }

  #isUp({ name }: PlannedProcess, gone: ReadonlySet<string>): boolean {
    return !gone.has(name) && this.#running.get(name)?.launched.state.kind === "up";
  }

  /** What a sidecar refuses is said: the app is exchanged all the same. */
  async #hold(instance: PlannedInstance, isHeld: boolean): Promise<void> {
    const { hold, printer } = this.#options;
    await hold?.(instance, isHeld).catch((error: Error) => printer.note(`${instance.app.name}: ${error.message}`));
  }

  /** A change must not wait for apps that may never come up: those that are still starting are started once more, by the change. */
  giveUpStarts(isMeant: (name: string) => boolean = () => true): void {
    for (const { planned, launched, tier } of this.#running.values())
      if (tier === appTier && launched.state.kind === "starting" && isMeant(planned.name)) void launched.stop(0);
  }

  #inTurn(change: () => Promise<void>): Promise<void> {
    const changed = this.#lastChange.then(() => (this.#isStopping ? undefined : change()));
    this.#lastChange = changed.catch(() => {});
    return changed;
  }
}

const appTier = 2;

/** All processes of a plan, in the groups in which they are started. */
function tiersOf({ broker, gateway, dashboard, instances }: ProcessPlan): readonly (readonly PlannedProcess[])[] {
  const beside = [gateway, dashboard].filter((planned) => planned !== undefined);
  return [[broker], [...instances.map(({ sidecar }) => sidecar), ...beside], instances.map(({ app }) => app)];
}
