import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { registerEventLoopMetrics } from "./event-loop.ts";

/** What a registry starts with. */
export interface RegistryOptions {
  /** Version of the process, for `exo_build_info`. */
  readonly version: string;
  /** Whether it has the metrics of process, Node and event loop. Default: yes. */
  readonly defaults?: boolean;
}

/**
 * Gauges of prom-client that are named like counters, which `promtool check metrics` refuses. Each is the sum of a metric
 * without the suffix, which stays.
 */
const misnamed = ["nodejs_active_handles_total", "nodejs_active_requests_total", "nodejs_active_resources_total"];

/** A registry of its own for a process, or for each of several in one. */
export function createRegistry({ version, defaults = true }: RegistryOptions): Registry {
  const registry = new Registry();
  if (defaults) {
    collectDefaultMetrics({ register: registry });
    for (const name of misnamed) registry.removeSingleMetric(name);
    registerEventLoopMetrics(registry);
  }
  const info = { name: "exo_build_info", help: "Version of Exosphere that runs; always 1", labelNames: ["version"] };
  new Gauge({ ...info, registers: [registry] }).set({ version }, 1);
  return registry;
}
