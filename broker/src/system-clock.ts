import type { Clock } from "./core/clock.ts";

/** Real time. */
export const systemClock: Clock = {
  originMs: performance.timeOrigin,
  nowMs: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    // What waits here does not keep a process alive that has nothing else to do.
    timer.unref();
    return () => clearTimeout(timer);
  },
};
