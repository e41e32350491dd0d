import { getHeapStatistics } from "node:v8";
import { PlainHistogram } from "./plain-histogram.ts";
import { plainCounter, plainGauge, plainHistogram } from "./plain-metric.ts";
import type { Registry } from "./registry.ts";

/** How often the event loop is asked how late it is, in milliseconds: often enough to meet a stall of that length. */
const everyMs = 100;

/** From what nobody notices to what ends connections, in seconds. */
const lagBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Time, for who measures how late it is. */
export interface LoopClock {
  /** Milliseconds of a clock that never goes back. */
  now(): number;
  /** Calls `run` again and again, without keeping the process alive. Returns what ends it. */
  every(ms: number, run: () => void): () => void;
}

/**
 * How late timers run, as a histogram. The percentiles of prom-client cannot be used for alerts: they are reset by each
 * scrape, whoever makes it, and contain the 10 ms of their own sampling.
 */
export class EventLoopLag {
  readonly histogram = new PlainHistogram(lagBounds);
  readonly #stop: () => void;

  constructor(clock: LoopClock = realClock) {
    let dueMs = clock.now() + everyMs;
    this.#stop = clock.every(everyMs, () => {
      const nowMs = clock.now();
      this.histogram.record(Math.max(0, nowMs - dueMs) / 1000);
      dueMs = nowMs + everyMs;
    });
  }

  close(): void {
    this.#stop();
  }
}

/** Registers what tells whether a process has time and memory left. */
export function registerEventLoopMetrics(registry: Registry): void {
  const lag = new EventLoopLag();
  plainHistogram({
    registry,
    name: "exo_event_loop_lag_seconds",
    help: "How late a timer of the event loop ran, looked at ten times a second.",
    labelNames: [],
    collect: () => [{ labels: {}, histogram: lag.histogram.snapshot() }],
  });
  plainCounter({
    registry,
    name: "exo_event_loop_active_seconds_total",
    help: "Time in which the event loop did something; its rate is the share of a core that it uses.",
    labelNames: [],
    collect: () => [{ labels: {}, value: performance.eventLoopUtilization().active / 1000 }],
  });
  plainGauge({
    registry,
    name: "exo_heap_limit_bytes",
    help: "How large the heap may grow before the process ends.",
    labelNames: [],
    collect: () => [{ labels: {}, value: getHeapStatistics().heap_size_limit }],
  });
}

const realClock: LoopClock = {
  now: () => performance.now(),
  every(ms, run) {
    const timer = setInterval(run, ms).unref();
    return () => clearInterval(timer);
  },
};
