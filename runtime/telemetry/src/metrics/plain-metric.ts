import type { HistogramSnapshot } from "./plain-histogram.ts";
import type { Registry } from "./registry.ts";

/** Values of a metric's labels. */
export type Labels = Readonly<Record<string, string>>;

/** A metric whose numbers live elsewhere, where counting costs nothing, and are read at each scrape. */
export interface PlainMetric<Sample> {
  readonly registry: Registry;
  /** With its unit, as Prometheus has it: "exocom_queue_bytes". */
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
  /** The present numbers, each combination of labels once. */
  readonly collect: () => Iterable<Sample>;
}

/** A number with its labels. */
export interface PlainSample {
  readonly labels: Labels;
  readonly value: number;
}

/** A histogram with its labels. */
export interface HistogramSample {
  readonly labels: Labels;
  readonly histogram: HistogramSnapshot;
}

/** Registers a counter, whose values only grow. Throws an Error if the name is taken or malformed. */
export function plainCounter({ registry, name, help, labelNames, collect }: PlainMetric<PlainSample>): void {
  registry.declare(name, labelNames, ({ Counter }, made) => {
    new Counter({
      name,
      help,
      labelNames: [...labelNames],
      registers: [made],
      collect() {
        this.reset();
        for (const { labels, value } of collect()) this.inc({ ...labels }, value);
      },
    });
  });
}

/** Registers a gauge, whose values go up and down. Throws an Error if the name is taken or malformed. */
export function plainGauge({ registry, name, help, labelNames, collect }: PlainMetric<PlainSample>): void {
  registry.declare(name, labelNames, ({ Gauge }, made) => {
    new Gauge({
      name,
      help,
      labelNames: [...labelNames],
      registers: [made],
      collect() {
        this.reset();
        for (const { labels, value } of collect()) this.set({ ...labels }, value);
      },
    });
  });
}

/** Registers a histogram. Throws an Error if the name is taken or malformed, or if `le` is among its labels. */
export function plainHistogram({ registry, name, help, labelNames, collect }: PlainMetric<HistogramSample>): void {
  if (labelNames.includes("le")) throw new Error("le is a reserved label keyword");
  const get = async () => ({
    name,
    help,
    type: "histogram",
    aggregator: "sum",
    values: [...collect()].flatMap(seriesOf),
  });
  registry.declare(name, labelNames, ({ Histogram }, made) => {
    const metric = new Histogram({ name, help, labelNames: [...labelNames], registers: [made] });
    // prom-client has no way to give a histogram its counts but one observation at a time. These two methods are all that its
    // registry asks of a metric (15.1, lib/registry.js).
    Object.assign(metric, { get, getForPromString: get, reset: () => {} });
  });

  function seriesOf({ labels, histogram }: HistogramSample) {
    const { bounds, counts, sum } = histogram;
    let count = 0;
    const buckets = Array.from({ length: bounds.length + 1 }, (_, index) => {
      count += counts[index] ?? 0;
      return { metricName: `${name}_bucket`, labels: { ...labels, le: bounds[index] ?? "+Inf" }, value: count };
    });
    return [
      ...buckets,
      { metricName: `${name}_sum`, labels, value: sum },
      { metricName: `${name}_count`, labels, value: count },
    ];
  }
}
