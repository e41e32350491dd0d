import { collectDefaultMetrics, Gauge, Registry } from "prom-client";

/** What a registry starts with. */
export interface RegistryOptions {
  /** Version of the process, for `exo_build_info`. */
  readonly version: string;
  /** Whether it has the process and Node metrics of prom-client. Default: yes. */
  readonly defaults?: boolean;
}

/** A registry of its own for a process, or for each of several in one. */
export function createRegistry({ version, defaults = true }: RegistryOptions): Registry {
  const registry = new Registry();
  if (defaults) collectDefaultMetrics({ register: registry });
  const info = { name: "exo_build_info", help: "Version of Exosphere that runs; always 1", labelNames: ["version"] };
  new Gauge({ ...info, registers: [registry] }).set({ version }, 1);
  return registry;
}
