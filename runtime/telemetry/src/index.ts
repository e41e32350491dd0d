export { collectingLog, createLog, type Log, type LogOptions, silentLog } from "./log.ts";
export { isLogLevel, type LogLevel, logLevels, setLogLevel } from "./log-level.ts";
export { type HistogramSnapshot, PlainHistogram } from "./metrics/plain-histogram.ts";
export {
  type HistogramSample,
  type PlainMetric,
  type PlainSample,
  plainCounter,
  plainGauge,
  plainHistogram,
} from "./metrics/plain-metric.ts";
export { createRegistry, type RegistryOptions } from "./metrics/process-registry.ts";
export { type MakeMetric, Registry } from "./metrics/registry.ts";
export { registerTraffic, type TrafficNames } from "./metrics/traffic-metrics.ts";
export { Notices } from "./notices.ts";
export { onLinesDropped, outputRemarks, processOutput } from "./output/process-outputs.ts";
export { type PrintableOptions, printable, printableLines } from "./text/printable.ts";
export { defaultRedacted, redaction } from "./text/redaction.ts";
export { startTracing } from "./tracing/start-tracing.ts";
export type { Tracing, TracingOptions } from "./tracing/tracing.ts";
