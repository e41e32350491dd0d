import { type ProcessEvent, StartError, SupervisedProcess, type Watchdog } from "@exosphere/process";
import type { LogPrinter } from "./log-printer.ts";
import type { PlannedProcess, TakesWork } from "./planned-process.ts";
import { untilAppIsReachable, untilListening, untilOk } from "./probe.ts";

/** How long an app may take to listen or attach, once it runs or says that it is up, before that is remarked on, in milliseconds. */
const silentMs = 5_000;

/** What a shell ends with if its command is not executable, or does not exist (POSIX, XCU 2.8.2). */
const cannotRunCodes: readonly (number | null)[] = [126, 127];

/** What launching a process needs beside its plan. */
export interface Launch {
  readonly printer: LogPrinter;
  readonly watchdog: Watchdog | undefined;
  /** How long it may take to come up, in milliseconds. */
  readonly timeoutMs: number;
  /** The command of a process that counted as up could not be run at all. */
  readonly onCannotRun?: (error: StartError) => void;
}

/** How a process goes. */
export interface ProcessState {
  /** `failed`: it did not come up, or is not started again. */
  readonly kind: "starting" | "up" | "restarting" | "stopped" | "failed";
  /** Of the process that runs, if one does. */
  readonly pid: number | undefined;
  /** How often it was started again after it had ended by itself. */
  readonly restarts: number;
}

type EndEvent = Extract<ProcessEvent, { kind: "exited" | "failed" }>;

/** A process of the plan, launched: prints what it writes and what becomes of it. */
export class LaunchedProcess {
  readonly #planned: PlannedProcess;
  readonly #launch: Launch;
  readonly #supervised: SupervisedProcess;
  readonly #up = Promise.withResolvers<void>();
  /** Aborted when the waiting for it to come up is over. */
  readonly #waiting = new AbortController();
  /** Aborted when it is stopped: no more is said of it then. */
  readonly #looking = new AbortController();
  #isUp = false;
  #isStopping = false;
  #hasEnded = false;
  #howItEnded = "";
  #kind: ProcessState["kind"] = "starting";
  #restarts = 0;

  constructor(planned: PlannedProcess, launch: Launch) {
    this.#planned = planned;
    this.#launch = launch;
    const { command, cwd, env, up } = planned;
    this.#supervised = new SupervisedProcess({
      command,
      cwd,
      env,
      onlineText: up && "onlineText" in up ? up.onlineText : undefined,
      watchdog: launch.watchdog,
      onEvent: (event) => this.#on(event),
    });
    this.#up.promise.catch(() => {}); // who stops it before it is up does not wait for that
  }

  /** How it goes. */
  get state(): ProcessState {
    return { kind: this.#kind, pid: this.#supervised.pid, restarts: this.#restarts };
  }

  /** Whether it brings in what comes from outside. */
  get isEntry(): boolean {
    return this.#planned.isEntry ?? false;
  }

  /** Starts it. Resolves when it is up; rejects with a StartError if it ends before, or does not come up in time. */
  async start(): Promise<void> {
    const { up } = this.#planned;
    const timer = setTimeout(() => this.#late(), this.#launch.timeoutMs);
    this.#supervised.start();
    if (up && "readyUrl" in up) {
      untilOk(up.readyUrl, this.#waiting.signal).then(this.#up.resolve, () => {});
    } else if (up && "exorelayPort" in up) this.#watchApp(up);
    try {
      await this.#up.promise;
      this.#isUp = true;
      this.#kind = "up";
      if (up && "onlineText" in up) this.#remarkIfSilent();
    } catch (error) {
      if (!this.#isStopping) this.#kind = "failed";
      void this.#supervised.stop(0);
      throw error;
    } finally {
      clearTimeout(timer);
      this.#waiting.abort();
    }
  }

  /** Ends it and everything that it started: after `graceMs` by force. */
  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true;
    this.#kind = "stopped";
    this.#looking.abort();
    this.#fail(`${this.#planned.name} was stopped before it was up`);
    await this.#supervised.stop(graceMs);
  }

  /** An app that says nothing of itself is up as soon as it takes messages or serves people. */
  #watchApp(takesWork: TakesWork): void {
    const { sidecarMetricsUrl, publicPort } = takesWork;
    const { signal } = this.#waiting;
    this.#remarkIfSilent(takesWork);
    untilAppIsReachable(sidecarMetricsUrl, signal).then(this.#up.resolve, () => {});
    if (publicPort !== undefined) untilListening(publicPort, signal).then(this.#up.resolve, () => {});
  }

  /** Says once that nothing listens where the app should: the first mistake of many, and nothing else tells of it. */
  #remarkIfSilent(takesWork = this.#planned.takesWork): void {
    if (takesWork === undefined) return;
    const { sidecarMetricsUrl, exorelayPort, publicPort } = takesWork;
    const signal = AbortSignal.any([this.#looking.signal, AbortSignal.timeout(silentMs)]);
    const found = [untilAppIsReachable(sidecarMetricsUrl, signal)];
    // Whoever serves people, and says nothing of itself, may get no messages.
    if (publicPort !== undefined && this.#planned.takesWork === undefined)
      found.push(untilListening(publicPort, signal));
    Promise.any(found).catch(() => {
      if (this.#looking.signal.aborted || (this.#kind !== "up" && this.#kind !== "starting")) return;
      const served = found.length > 1 ? ` and ${publicPort} (PORT) for people` : "";
      this.#launch.printer.note(
        `${this.#planned.name} runs, but nothing listens on port ${exorelayPort} (EXORELAY_PORT) for messages${served}, ` +
          "nor has it attached: let it listen there, or read GET /v1/inbox, or use the SDK; messages for it wait",
      );
    });
  }

  #on(event: ProcessEvent): void {
    const { name, logsJson, up } = this.#planned;
    const { printer } = this.#launch;
    if (event.kind === "line") printer[logsJson ? "logLine" : "line"](name, event.text);
    else if (event.kind === "exited" || event.kind === "failed") this.#ended(event);
    else if (event.kind === "restarting") {
      // One that ends while it starts is not waited for again.
      if (!this.#isUp) return;
      this.#restarts += 1;
      this.#kind = "restarting";
      printer.note(`${name} ${this.#howItEnded}; starting it again in ${event.delayMs} ms`);
    } else if (event.kind === "started" && this.#isUp) this.#kind = "up";
    else if (event.kind === "online" || up === undefined) this.#up.resolve();
  }

  #ended(event: EndEvent): void {
    const { name } = this.#planned;
    this.#howItEnded = describeEnd(event);
    this.#fail(`${name} ${this.#howItEnded} before it was up`);
    const cannotRun = event.kind === "exited" && cannotRunCodes.includes(event.code);
    if (cannotRun && this.#isUp && !this.#hasEnded && !this.#isStopping)
      this.#launch.onCannotRun?.(new StartError(`${name} ${this.#howItEnded}`));
    this.#hasEnded = true;
    const wasKilled = this.#isStopping && event.kind === "exited" && event.signal === "SIGKILL";
    if (wasKilled) this.#launch.printer.note(`${name} did not end when it was asked to, and was killed`);
  }

  #fail(why: string): void {
    this.#up.reject(new StartError(why));
  }

  /** The time to come up is over. An app that never said what it would do may be waited for without an end: it runs as it is. */
  #late(): void {
    const { name, up } = this.#planned;
    const seconds = this.#launch.timeoutMs / 1000;
    if (up && "onlineText" in up)
      this.#fail(`${name} did not come up: it did not print '${up.onlineText}' within ${seconds} s`);
    else if (up && "readyUrl" in up)
      this.#fail(`${name} did not come up: ${up.readyUrl} did not answer 200 within ${seconds} s`);
    else {
      this.#launch.printer.note(
        `${name} has neither listened nor attached within ${seconds} s; the application runs without it`,
      );
      this.#up.resolve();
    }
  }
}

function describeEnd(event: EndEvent): string {
  if (event.kind === "failed") return `could not be started: ${event.error.message}`;
  if (event.signal !== null) return `was ended by ${event.signal}`;
  const hint = cannotRunCodes.includes(event.code) ? " (the shell cannot run its command: is it installed?)" : "";
  return `ended with exit code ${event.code}${hint}`;
}
