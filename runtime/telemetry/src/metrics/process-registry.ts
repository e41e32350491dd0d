import { registerEventLoopMetrics } from "./event-loop.ts";
import { gcMetric, registerGarbageCollection } from "./garbage-collection.ts";
import { registerOutputMetrics } from "./output-metrics.ts";
import { Registry } from "./registry.ts";

/** What a registry starts with. */
export interface RegistryOptions {
  /** Version of the process, for `exo_build_info`. */
  readonly version: string;
  /** Role that the process plays, for `exo_role_info`. */
  readonly role?: string;
  /** Whether it has the metrics of process, Node and event loop. Default: yes. */
  readonly defaults?: boolean;
}

/**
 * Gauges of prom-client that are named like counters, which `promtool check metrics` refuses. Each is the sum of a metric
 * without the suffix, which stays.
 */
const misnamed = ["nodejs_active_handles_total", "nodejs_active_requests_total", "nodejs_active_resources_total"];

/** A registry of its own for a process, or for each of several in one. */
export function createRegistry({ version, role, defaults = true }: RegistryOptions): Registry {
  const registry = new Registry();
  if (defaults) {
    registry.add(({ collectDefaultMetrics }, made) => {
      collectDefaultMetrics({ register: made });
      for (const name of [...misnamed, gcMetric]) made.removeSingleMetric(name);
    });
    registerGarbageCollection(registry);
    registerEventLoopMetrics(registry);
    registerOutputMetrics(registry);
  }
  registry.declare("exo_build_info", ["version"], ({ Gauge }, made) => {
    const info = { name: "exo_build_info", help: "Version of Exosphere that runs; always 1", labelNames: ["version"] };
    new Gauge({ ...info, registers: [made] }).set({ version }, 1);
  });
  if (role !== undefined) {
    registry.declare("exo_role_info", ["role"], ({ Gauge }, made) => {
      const info = { name: "exo_role_info", help: "Role that this process plays; always 1", labelNames: ["role"] };
      new Gauge({ ...info, registers: [made] }).set({ role }, 1);
    });
  }
  return registry;
}
