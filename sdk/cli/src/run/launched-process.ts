import { StartError } from "@exosphere/runtime";
import { type ProcessEvent, SupervisedProcess, type Watchdog } from "@exosphere/runtime/process";
import type { LogPrinter } from "./log-printer.ts";
import { untilOk } from "./probe.ts";
import type { PlannedProcess } from "./process-plan.ts";

/** What launching a process needs beside its plan. */
export interface Launch {
  readonly printer: LogPrinter;
  readonly watchdog: Watchdog | undefined;
  /** How long it may take to come up, in milliseconds. */
  readonly timeoutMs: number;
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
  #isUp = false;
  #isStopping = false;
  #howItEnded = "";

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

  /** Whether it brings in what comes from outside. */
  get isEntry(): boolean {
    return this.#planned.isEntry ?? false;
  }

  /** Starts it. Resolves when it is up; rejects with a StartError if it ends before, or does not come up in time. */
  async start(): Promise<void> {
    const { name, up } = this.#planned;
    const timer = setTimeout(() => this.#fail(`${name} did not come up: ${this.#overdue()}`), this.#launch.timeoutMs);
    this.#supervised.start();
    if (up && "readyUrl" in up) {
      untilOk(up.readyUrl, this.#waiting.signal).then(this.#up.resolve, () => {});
    }
    try {
      await this.#up.promise;
      this.#isUp = true;
    } finally {
      clearTimeout(timer);
      this.#waiting.abort();
    }
  }

  /** Ends it and everything that it started: after `graceMs` by force. */
  async stop(graceMs: number): Promise<void> {
    this.#isStopping = true;
    this.#fail(`${this.#planned.name} was stopped before it was up`);
    await this.#supervised.stop(graceMs);
  }

  #on(event: ProcessEvent): void {
    const { name, logsJson, up } = this.#planned;
    const { printer } = this.#launch;
    if (event.kind === "line") printer[logsJson ? "logLine" : "line"](name, event.text);
    else if (event.kind === "exited" || event.kind === "failed") this.#ended(event);
    else if (event.kind === "restarting") {
      // One that ends while it starts is not waited for again: that ends them all.
      if (this.#isUp) printer.note(`${name} ${this.#howItEnded}; starting it again in ${event.delayMs} ms`);
    } else if (event.kind === "online" || up === undefined) this.#up.resolve();
  }

  #ended(event: EndEvent): void {
    const { name } = this.#planned;
    this.#howItEnded = describeEnd(event);
    this.#fail(`${name} ${this.#howItEnded} before it was up`);
    const wasKilled = this.#isStopping && event.kind === "exited" && event.signal === "SIGKILL";
    if (wasKilled) this.#launch.printer.note(`${name} did not end when it was asked to, and was killed`);
  }

  #fail(why: string): void {
    this.#up.reject(new StartError(why));
  }

  #overdue(): string {
    const { up } = this.#planned;
    const seconds = this.#launch.timeoutMs / 1000;
    if (up && "onlineText" in up) return `it did not print '${up.onlineText}' within ${seconds} s`;
    return `${up?.readyUrl} did not answer 200 within ${seconds} s`;
  }
}

function describeEnd(event: EndEvent): string {
  if (event.kind === "failed") return `could not be started: ${event.error.message}`;
  return event.signal === null ? `ended with exit code ${event.code}` : `was ended by ${event.signal}`;
}
