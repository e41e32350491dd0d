import type { Clock } from "./core/clock.ts";

/** How far the wall clock may be away from what we make of it, in milliseconds: it counts whole ones, and is slewed by NTP. */
const toleranceMs = 100;

let originMs: number = performance.timeOrigin;

/** Real time. */
export const systemClock: Clock = {
  // `performance` has fractions and never goes back, but knows nothing of a clock that was set, or a machine that slept.
  get originMs() {
    const now = Date.now() - performance.now();
    if (Math.abs(now - originMs) > toleranceMs) originMs = now;
    return originMs;
  },
  nowMs: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs);
    // What waits here does not keep a process alive that has nothing else to do.
    timer.unref();
    return () => clearTimeout(timer);
  },
};
