import type { Clock } from "./core/clock.ts";

/** How far the wall clock may be away from what we make of it, in milliseconds: it counts whole ones, and is slewed by NTP. */
const toleranceMs = 100;

/** How often the wall clock is looked at, in milliseconds: with every message it was as dear as the rest of the time of day. */
const lookMs = 50;

let originMs: number = performance.timeOrigin;
let lookedAtMs = Number.NEGATIVE_INFINITY;

/** Real time. */
export const systemClock: Clock = {
  // `performance` has fractions and never goes back, but knows nothing of a clock that was set, or a machine that slept.
  get originMs() {
    const nowMs = performance.now();
    if (nowMs - lookedAtMs > lookMs) {
      lookedAtMs = nowMs;
      const now = Date.now() - nowMs;
      if (Math.abs(now - originMs) > toleranceMs) originMs = now;
    }
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
