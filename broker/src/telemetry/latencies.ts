import { type HistogramSnapshot, PlainHistogram } from "@exosphere/telemetry";
import type { LatencyRecorder } from "../core/subscription.ts";
import { FineHistogram } from "./fine-histogram.ts";

/** The latencies of one message of a role: coarse for Prometheus, fine for people. */
class MessageLatency implements LatencyRecorder {
  readonly coarse = new PlainHistogram();
  readonly fine = new FineHistogram();

  record(seconds: number): void {
    this.coarse.record(seconds);
    this.fine.record(seconds);
  }
}

const nothing = new FineHistogram().snapshot();

/** The latency histograms of the roles, one for each message. Made before the core, which writes to them. */
export class Latencies {
  readonly #byRole = new Map<string, Map<string, MessageLatency>>();

  /** The histogram of a role's deliveries of a message, by its own name for it. */
  of(role: string, name: string): LatencyRecorder {
    const byName = this.#byRole.get(role) ?? new Map<string, MessageLatency>();
    const latency = byName.get(name) ?? new MessageLatency();
    this.#byRole.set(role, byName.set(name, latency));
    return latency;
  }

  /** The counts of a role's deliveries of a message, in buckets that are fine enough for quantiles. */
  snapshot(role: string, name: string): HistogramSnapshot {
    return this.#byRole.get(role)?.get(name)?.fine.snapshot() ?? nothing;
  }

  /** The counts of each role, for Prometheus. */
  *collect() {
    for (const [role, byName] of this.#byRole) {
      const all = [...byName.values()].map(({ coarse }) => coarse.snapshot());
      yield { labels: { role }, histogram: sumOf(all) };
    }
  }
}

function sumOf(all: readonly HistogramSnapshot[]): HistogramSnapshot {
  const { bounds, counts } = new PlainHistogram().snapshot();
  return {
    bounds,
    counts: Array.from(counts, (_, bucket) => all.reduce((sum, each) => sum + (each.counts[bucket] ?? 0), 0)),
    sum: all.reduce((total, { sum }) => total + sum, 0),
  };
}
