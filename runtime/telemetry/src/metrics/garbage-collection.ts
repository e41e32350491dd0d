import { constants, type PerformanceEntry, PerformanceObserver } from "node:perf_hooks";
import { PlainHistogram } from "./plain-histogram.ts";
import { plainHistogram } from "./plain-metric.ts";
import type { Registry } from "./registry.ts";

/** The name and the bounds that prom-client has for it, in seconds. */
export const gcMetric = "nodejs_gc_duration_seconds";
const bounds = [0.001, 0.01, 0.1, 1, 2, 5];

const kinds: Readonly<Record<number, string>> = {
  [constants.NODE_PERFORMANCE_GC_MAJOR]: "major",
  [constants.NODE_PERFORMANCE_GC_MINOR]: "minor",
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: "incremental",
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: "weakcb",
};

/** What Node tells of a collection, beside what its types know. */
interface GarbageCollected extends PerformanceEntry {
  readonly detail: { readonly kind: number };
}

/**
 * Registers the time that garbage collection takes, counted from now on: prom-client's own metric would begin at the first scrape.
 * It also looks at one collection only where several are told of at once.
 */
export function registerGarbageCollection(registry: Registry): void {
  const histograms = new Map<string, PlainHistogram>();
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as GarbageCollected[]) {
      const kind = kinds[entry.detail.kind] ?? "unknown";
      const histogram = histograms.get(kind) ?? new PlainHistogram(bounds);
      histograms.set(kind, histogram);
      histogram.record(entry.duration / 1000);
    }
  });
  observer.observe({ entryTypes: ["gc"] });
  plainHistogram({
    registry,
    name: gcMetric,
    help: "Garbage collection duration by kind, one of major, minor, incremental or weakcb.",
    labelNames: ["kind"],
    collect: () => [...histograms].map(([kind, histogram]) => ({ labels: { kind }, histogram: histogram.snapshot() })),
  });
}
