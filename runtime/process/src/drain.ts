import type { Log } from "@exosphere/telemetry";
import { exitCodes } from "./exit-codes.ts";

/** A process that was started and can be ended. */
export interface RunningProcess {
  /** Takes nothing new and finishes what it has, at the latest when the signal is aborted. */
  drain(deadline: AbortSignal): Promise<void>;
  /** Ends at once, whatever is still open. */
  close(): void;
  /** Where the end of the process is reported. Default: nowhere. */
  readonly log?: Log;
}

/** Source of "SIGTERM" and "SIGINT": `process`, or an EventEmitter in a test. */
export interface SignalSource {
  on(signal: EndSignal, listener: (signal: EndSignal) => void): unknown;
  off(signal: EndSignal, listener: (signal: EndSignal) => void): unknown;
}

type EndSignal = "SIGTERM" | "SIGINT";

const endSignals = ["SIGTERM", "SIGINT"] as const;

/** The part of a log that draining needs. */
export type DrainLog = Readonly<Record<"info" | "warn" | "error", (facts: object, text: string) => void>>;

/** How a process answers signals. */
export interface DrainOptions {
  /** What is drained. A promise while it is still starting: a signal then waits for it, within the grace. */
  readonly running: RunningProcess | PromiseLike<RunningProcess>;
  /** How long draining may take, in milliseconds. */
  readonly graceMs: number;
  readonly log: DrainLog;
  /** Ends the process. */
  readonly exit: (code: number) => void;
  /** Default: `process`. */
  readonly signals?: SignalSource;
  /** Milliseconds of a clock that never goes back. Default: `performance.now`. */
  readonly now?: () => number;
  /** Called at the first signal, before draining. */
  readonly onDrain?: () => void;
}

/** Terminals signal the whole process group, and launchers pass the signal on: a repeat this soon is the same one. Milliseconds. */
const repeatMs = 1000;

/**
 * Drains on SIGTERM or SIGINT, then exits with 0. Past the grace, or if draining fails, it closes and exits with 1. A second
 * signal, one second later or more, exits with 1 at once. Returns a function that stops listening.
 */
export function drainOnSignal(options: DrainOptions): () => void {
  const { exit, log, signals = process, now = () => performance.now() } = options;
  let firstAt: number | undefined;
  const listener = (signal: EndSignal) => {
    if (firstAt === undefined) {
      firstAt = now();
      log.info({ signal, graceMs: options.graceMs }, "draining");
      options.onDrain?.();
      void drainWithin(options).then(exit);
    } else if (now() - firstAt >= repeatMs) {
      log.warn({ signal }, "signalled again: exiting without draining further");
      exit(exitCodes.failure);
    }
  };
  const stop = () => {
    for (const name of endSignals) signals.off(name, listener);
  };
  for (const name of endSignals) signals.on(name, listener);
  return stop;
}

/** The exit code of a drain that may take `graceMs`. Never rejects. */
async function drainWithin({ running, graceMs, log }: DrainOptions): Promise<number> {
  const deadline = new AbortController();
  let started: RunningProcess | undefined;
  const drained = (async () => {
    started = await running;
    await started.drain(deadline.signal);
    return "drained" as const;
  })();
  const { promise: late, resolve } = Promise.withResolvers<"late">();
  const timer = setTimeout(resolve, graceMs, "late");
  try {
    if ((await Promise.race([drained, late])) === "drained") {
      log.info({}, "drained");
      return exitCodes.ok;
    }
    log.error({ graceMs }, "not drained within the grace: closing");
    drained.catch(() => {}); // What fails after this does not matter any more.
  } catch (error) {
    log.error({ err: error }, "draining failed: closing");
  } finally {
    clearTimeout(timer);
  }
  deadline.abort();
  closeQuietly(started, log);
  return exitCodes.failure;
}

function closeQuietly(started: RunningProcess | undefined, log: DrainLog): void {
  try {
    started?.close();
  } catch (error) {
    log.error({ err: error }, "closing failed");
  }
}
