import { outputStates } from "../output/process-outputs.ts";
import { plainCounter, plainGauge } from "./plain-metric.ts";
import type { Registry } from "./registry.ts";

/** Registers the metrics of a process' stdout and stderr. */
export function registerOutputMetrics(registry: Registry): void {
  plainCounter({
    registry,
    name: "exo_log_lines_dropped_total",
    help: "Lines of the log and of the app that were dropped, as stdout or stderr took no more.",
    labelNames: [],
    collect: () => [{ labels: {}, value: sum(outputStates().map(({ dropped }) => dropped)) }],
  });
  plainGauge({
    registry,
    name: "exo_log_waiting_bytes",
    help: "Bytes of lines that wait until stdout or stderr takes more.",
    labelNames: [],
    collect: () => [{ labels: {}, value: sum(outputStates().map(({ waitingBytes }) => waitingBytes)) }],
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
