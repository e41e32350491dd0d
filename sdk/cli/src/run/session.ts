import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Application, readApplication } from "@exosphere/application";
import { freePorts } from "@exosphere/process";
import type { Config } from "@exosphere/settings";
import { onLinesDropped, processOutput, silentLog } from "@exosphere/telemetry";
import { runWarnings } from "../lint/lint-application.ts";
import { announcement } from "./announcement.ts";
import { type ShownRun, serveControl } from "./control.ts";
import { onEndSignal } from "./end-signals.ts";
import { exampleRequest } from "./example-request.ts";
import { followApplication } from "./follow-application.ts";
import { holdDeliveries } from "./hold-deliveries.ts";
import { LogPrinter, wantsColours } from "./log-printer.ts";
import { tokenEnvironment } from "./plan-gateway.ts";
import { PortClaims } from "./port-claims.ts";
import { type PlanInput, Planner, type ProcessPlan } from "./process-plan.ts";
import { RunningApplication } from "./run-application.ts";
import { keepRunFile, refuseSecondRun } from "./run-file.ts";
import type { runSettings } from "./run-settings.ts";
import { sharedPorts } from "./shared-ports.ts";
import { recordOf, shownRun } from "./shown-run.ts";
import { tapLines } from "./tap-lines.ts";
import { ServiceWatch } from "./watch-services.ts";

/** What a run is made from. */
export interface SessionInput {
  /** The application's folder. */
  readonly root: string;
  readonly config: Config<typeof runSettings>;
  readonly env: NodeJS.ProcessEnv;
  readonly programs: PlanInput["programs"];
}

/** One run of an application, from its start to the end of its last process. */
export class Session {
  readonly #config: Config<typeof runSettings>;
  readonly #printer: LogPrinter;
  readonly #planner: Planner;
  readonly #running: RunningApplication;
  readonly #socketFolder: string;
  readonly #useColours: boolean;
  /** What ends the parts of this run that are not processes of the application, latest first. */
  readonly #ends: (() => void)[] = [];
  readonly #ending = Promise.withResolvers<void>();
  #application: Application;
  #watch: ServiceWatch | undefined;
  #endRunFile = () => {};
  #isEnding = false;

  private constructor(
    application: Application,
    { config, env }: SessionInput,
    planner: Planner,
    plan: ProcessPlan,
    socketFolder: string,
  ) {
    this.#application = application;
    this.#config = config;
    this.#planner = planner;
    this.#socketFolder = socketFolder;
    this.#useColours = wantsColours(env, process.stdout.isTTY);
    const names = [plan.broker, plan.gateway, plan.dashboard].flatMap((planned) => planned?.name ?? []);
    const own = plan.instances.flatMap(({ sidecar, app }) => [sidecar.name, app.name]);
    const output = processOutput(1);
    this.#printer = new LogPrinter({ output, names: [...names, ...own], useColours: this.#useColours });
    this.#running = new RunningApplication({
      plan,
      printer: this.#printer,
      timeoutMs: config.onlineTimeout,
      graceMs: config.grace,
      areAppsNeeded: !config.watch,
      hold: ({ address }, isHeld) => holdDeliveries(address.sidecarAdminUrl, isHeld),
    });
  }

  /**
   * Runs an application until a signal ends it. Resolves when no process is left.
   *
   * @throws StartError if it cannot be started, ApplicationError if its files are wrong
   */
  static async run(input: SessionInput): Promise<void> {
    const { config, env, root } = input;
    const application = readApplication(root);
    if (config.runFile) refuseSecondRun(application.root);
    const claims = new PortClaims();
    const socketFolder = mkdtempSync(join(tmpdir(), "exo-"));
    try {
      const { notes, ...ports } = await sharedPorts(application, config, claims);
      const planner = await Planner.of({
        programs: input.programs,
        env: { ...env, ...tokenEnvironment(application, env, socketFolder) },
        ...ports,
        socketFolder,
        freePorts,
      });
      const session = new Session(application, input, planner, await planner.plan(application), socketFolder);
      await session.#warn(notes);
      await session.#untilEnded();
    } finally {
      claims.release();
      rmSync(socketFolder, { recursive: true, force: true });
    }
  }

  async #warn(notes: readonly string[]): Promise<void> {
    const printer = this.#printer;
    onLinesDropped((output, dropped) => printer.note(`${dropped} lines were dropped, as nobody read ${output}`));
    for (const warning of await runWarnings(this.#application)) printer.note(`warning: ${warning}`);
    for (const role of this.#running.plan.notStarted) printer.note(`${role} has no startup command and is not started`);
    for (const note of notes) printer.note(note);
  }

  /** Starts the application and stops it at a signal, or when it cannot start. */
  async #untilEnded(): Promise<void> {
    const running = this.#running;
    const stopListening = onEndSignal(this.#ending.resolve, () => void running.stop(0));
    // Nobody reads any more, as in `exo run | head`: by default that ends a program.
    processOutput(1).onBroken(() => this.#ending.resolve());
    const ending = this.#ending.promise;
    const started = running.start();
    try {
      await this.#tellOthers();
      // An edit may be what lets a service come up.
      const followed = this.#config.watch ? this.#follow() : undefined;
      const hasStarted = await Promise.race([started.then(() => true), ending.then(() => false), running.cannotRun]);
      if (hasStarted) {
        await (followed ?? this.#follow());
        this.#tap();
        this.#announce();
        await Promise.race([ending, running.cannotRun]);
      }
      this.#printer.note("stopping …");
    } finally {
      this.#isEnding = true;
      started.catch(() => {}); // what is stopped amid its start says that it did not come up
      for (const end of this.#ends.splice(0).reverse()) end();
      await running.stop(this.#config.grace);
      this.#endRunFile();
      stopListening();
    }
  }

  #announce(): void {
    const { instances, shared, dashboard } = this.#running.plan;
    const addresses = instances.map(({ address }) => address);
    // The application runs without a dashboard that did not come up.
    const hasDashboard = dashboard !== undefined && this.#running.stateOf(dashboard.name)?.kind === "up";
    const shown = { ...shared, dashboard: hasDashboard ? shared.dashboard : undefined };
    for (const line of announcement(addresses, exampleRequest(this.#application, addresses), shown))
      this.#printer.plain(line);
  }

  /** For `exo ps`, `exo stop` and all that looks for the application. */
  async #tellOthers(): Promise<void> {
    const controlled = {
      show: (): ShownRun => shownRun(this.#application, this.#running),
      stop: () => this.#ending.resolve(),
      stopService: (role: string) => this.#running.stopService(role),
    };
    this.#ends.push(await serveControl(this.#control, controlled, silentLog()));
    this.#writeRunFile();
  }

  #writeRunFile(): void {
    if (this.#config.runFile)
      this.#endRunFile = keepRunFile(recordOf(this.#application, this.#running.plan, this.#control));
  }

  get #control(): string {
    return join(this.#socketFolder, "control.sock");
  }

  /** Takes over what changes while it runs. */
  async #follow(): Promise<void> {
    const { watch } = this.#config;
    const printer = this.#printer;
    let last = Promise.resolve();
    // One after the other: the next is planned by what the last has come to.
    const taken = (application: Application) => {
      // The one before may be what does not let a service come up.
      this.#running.giveUpStarts();
      last = last.then(() => this.#change(application)).catch((error: Error) => printer.note(error.message));
    };
    this.#ends.push(
      followApplication(this.#application, {
        changed: taken,
        broken(mistakes) {
          for (const mistake of mistakes) printer.note(mistake);
          printer.note("the application's files are broken: what runs stays as it is");
        },
      }),
    );
    if (!watch) return;
    this.#watch = new ServiceWatch({
      changed: (role, file) => void this.#exchange(role, file),
      isRunning: (role) => this.#running.runs(role),
      remark: (text) => printer.note(text),
    });
    this.#ends.push(() => this.#watch?.close());
    await this.#followServices();
  }

  #tap(): void {
    if (!this.#config.tap) return;
    const { address } = this.#running.plan.shared.broker;
    this.#ends.push(tapLines(address, this.#useColours, (line) => this.#printer.line("bus", line)));
  }

  async #followServices(): Promise<void> {
    const folders = this.#running.plan.instances.map(({ role, app }) => [role, { role, directory: app.cwd }] as const);
    await this.#watch?.follow([...new Map(folders).values()]);
  }

  async #change(application: Application): Promise<void> {
    const before = this.#running.plan.instances.map(({ app }) => app.name);
    const plan = await this.#planner.plan(application);
    const after = plan.instances.map(({ app }) => app.name);
    for (const warning of await runWarnings(application)) this.#printer.note(`warning: ${warning}`);
    this.#application = application;
    await this.#running.change(plan);
    // It may have been told to end meanwhile.
    if (this.#isEnding) return;
    this.#writeRunFile();
    await this.#followServices();
    for (const name of after) if (!before.includes(name)) this.#printer.note(`${name} was added`);
    for (const name of before) if (!after.includes(name)) this.#printer.note(`${name} was taken out, and has ended`);
  }

  /** One instance after the other, so that a role with several never stands still. */
  async #exchange(role: string, file: string): Promise<void> {
    this.#printer.note(`${file} of ${role} has changed: starting it again`);
    for (const instance of this.#running.plan.instances)
      if (instance.role === role) await this.#running.exchange(instance);
  }
}
