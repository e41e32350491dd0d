import type * as PromClient from "prom-client";
import { registerEventLoopMetrics } from "./event-loop.ts";
import { gcMetric, registerGarbageCollection } from "./garbage-collection.ts";
import { registerOutputMetrics } from "./output-metrics.ts";

/** What a registry starts with. */
export interface RegistryOptions {
  /** Version of the process, for `exo_build_info`. */
  readonly version: string;
  /** Role that the process plays, for `exo_role_info`. */
  readonly role?: string;
  /** Whether it has the metrics of process, Node and event loop. Default: yes. */
  readonly defaults?: boolean;
}

/** Makes a metric, or several, once somebody wants to see them. */
export type MakeMetric = (client: typeof PromClient, registry: PromClient.Registry) => void;

/** Prometheus' data model. */
const metricName = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const labelName = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/**
 * The metrics of a process, or of one of several in one. They are declared at its start, and made at the first scrape:
 * prom-client, with the OpenTelemetry that it brings along, takes 30 ms and 4 MiB that a process need not have to be ready.
 */
export class Registry {
  /** Of what `metrics` gives: Prometheus' text format. */
  readonly contentType = "text/plain; version=0.0.4; charset=utf-8";
  readonly #names = new Set<string>();
  readonly #unmade: MakeMetric[] = [];
  #made: PromClient.Registry | undefined;

  /** Declares a metric that lives elsewhere. Throws an Error if its name is taken or malformed, or a label is malformed. */
  declare(name: string, labelNames: readonly string[], make: MakeMetric): void {
    if (this.#names.has(name)) throw new Error(`A metric with the name ${name} has already been registered.`);
    const malformed = metricName.test(name) ? labelNames.find((label) => !labelName.test(label)) : name;
    if (malformed !== undefined) throw new Error(`'${malformed}' is no name that Prometheus takes.`);
    this.#names.add(name);
    this.#unmade.push(make);
  }

  /** Adds metrics that prom-client itself has. */
  add(make: MakeMetric): void {
    this.#unmade.push(make);
  }

  /** The present values of all metrics, as text. */
  async metrics(): Promise<string> {
    const client = await import("prom-client");
    this.#made ??= new client.Registry();
    for (const make of this.#unmade.splice(0)) make(client, this.#made);
    return this.#made.metrics();
  }
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
