import { Backoff } from "./backoff.ts";
import { type ProcessClock, systemClock } from "./clock.ts";
import type { OutputStream, ProcessEnd, ProcessEvent } from "./process-event.ts";
import { type Command, ProcessRun } from "./process-run.ts";
import type { Watchdog } from "./watchdog.ts";

/** 10 s, the grace of every Exosphere process: what is under way in a service should be done by then. */
const defaultGraceMs = 10_000;

/** What to supervise, and who is told. */
export interface SupervisedProcessOptions {
  /** A program with its arguments, or a text for the shell. */
  readonly command: Command;
  readonly cwd?: string;
  /** The whole environment of the process; that of this process by default. */
  readonly env?: NodeJS.ProcessEnv;
  /** Part of the line by which the process says that it is up. */
  readonly onlineText?: string | undefined;
  /** Whether it is started again when it ends without being asked to, with any exit code; true by default. */
  readonly restart?: boolean;
  /** Kills the group should this process die without a chance to do so. */
  readonly watchdog?: Watchdog | undefined;
  readonly onEvent: (event: ProcessEvent) => void;
  readonly clock?: ProcessClock;
  /** Source of the jitter, from 0 to 1. */
  readonly random?: () => number;
}

/** A process that is kept running: its output is read as lines, it comes back after a crash, and leaves nothing behind. */
export class SupervisedProcess {
  readonly #options: SupervisedProcessOptions;
  readonly #clock: ProcessClock;
  readonly #backoff: Backoff;
  #run: ProcessRun | undefined;
  #callOffRestart: (() => void) | undefined;
  #isStopping = false;
  #isOnline = false;

  constructor(options: SupervisedProcessOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#backoff = new Backoff(options.random);
  }

  /** Id of the process that runs now. */
  get pid(): number | undefined {
    return this.#run?.pid;
  }

  /** Starts it. What goes wrong is told as an event, never thrown. */
  start(): void {
    if (this.#run || this.#isStopping) return;
    const startedAt = this.#clock.now();
    this.#callOffRestart = undefined;
    this.#isOnline = this.#options.onlineText === undefined;
    const run = new ProcessRun({
      command: this.#options.command,
      cwd: this.#options.cwd,
      env: this.#options.env,
      onLine: (stream, text) => this.#line(stream, text, startedAt),
      onOutput: (begun) => this.#isOnline || this.#look(begun(), startedAt),
    });
    this.#run = run;
    if (run.pid !== undefined) {
      this.#options.watchdog?.guard(run.pid);
      this.#options.onEvent({ kind: "started", pid: run.pid });
    }
    void run.ended.then((end) => this.#ended(run, end, this.#clock.now() - startedAt));
  }

  /**
   * Ends it for good: SIGTERM to its process group, SIGKILL after `graceMs`. Resolves when the whole group is gone.
   * A second call with a shorter grace shortens the first.
   */
  async stop(graceMs: number = defaultGraceMs): Promise<void> {
    this.#isStopping = true;
    this.#callOffRestart?.();
    await this.#run?.terminate(graceMs);
  }

  #line(stream: OutputStream, text: string, startedAt: number): void {
    this.#options.onEvent({ kind: "line", stream, text });
    this.#look(text, startedAt);
  }

  #look(text: string, startedAt: number): void {
    if (this.#isOnline || !text.includes(this.#options.onlineText ?? "")) return;
    this.#isOnline = true;
    this.#options.onEvent({ kind: "online", afterMs: this.#clock.now() - startedAt });
  }

  #ended(run: ProcessRun, end: ProcessEnd, livedMs: number): void {
    this.#run = undefined;
    if (run.pid !== undefined) this.#options.watchdog?.release(run.pid);
    this.#options.onEvent(end.kind === "failed" ? end : { ...end, livedMs, expected: this.#isStopping });
    // Whoever is told may have called stop().
    if (this.#isStopping || this.#options.restart === false) return;
    const delayMs = this.#backoff.next(livedMs);
    this.#callOffRestart = this.#clock.after(delayMs, () => this.start());
    this.#options.onEvent({ kind: "restarting", delayMs, restarts: this.#backoff.restarts });
  }
}
