/** How long messages took, in milliseconds. */
export interface Latencies {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** The quantiles of some latencies. NaN without any. */
export function latenciesOf(latencies: readonly number[]): Latencies {
  const sorted = Float64Array.from(latencies).sort();
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
}

/**
 * Latencies of a closed loop, in which whoever waits sends nothing, with those added that are missing for it: during a stall
 * of 50 ms somebody who asks every millisecond would have asked 50 times, and waited 50, 49, 48 … ms. The usual correction
 * for coordinated omission, as of HdrHistogram; who asks is taken to ask as often as the median lets him.
 */
export function corrected(latencies: readonly number[]): number[] {
  const all = [...latencies];
  const everyMs = latenciesOf(latencies).p50Ms;
  if (!(everyMs > 0)) return all;
  for (const latency of latencies) {
    for (let missing = latency - everyMs; missing >= everyMs; missing -= everyMs) all.push(missing);
  }
  return all;
}
