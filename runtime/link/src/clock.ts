import { performance } from "node:perf_hooks";

/** Time, as the SDK knows it. That of the machine, or one that a test moves by hand. */
export interface Clock {
  /** Milliseconds since some fixed moment, with fractions; never falls. */
  nowMs(): number;
  /** Calls `run` once, `delayMs` from now. Returns what calls it off. */
  after(delayMs: number, run: () => void): () => void;
  /** Calls `run` once what has arrived at the sockets of this process has been read. Absent: at once. */
  afterReads?(run: () => void): void;
}

/** The longest time that Node's timers can wait, in milliseconds, 24 days: beyond it they fire at once. */
export const longestTimerMs = 2 ** 31 - 1;

/** The machine's time. */
export const systemClock: Clock = {
  nowMs: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, Math.min(Math.max(0, delayMs), longestTimerMs));
    return () => clearTimeout(timer);
  },
  afterReads: (run) => void setImmediate(run),
};
