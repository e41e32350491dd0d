import type { Resources } from "@exosphere/application";
import type { ProcessResources } from "./deployment.ts";

const Mi = 2 ** 20;

/**
 * What processes get unless application.yml says otherwise. Idle, a process of Exosphere has 77 to 100 MiB (docs/performance.md); the
 * broker's queues take up to half of V8's heap limit, and a gateway keeps 256 MiB for clients that come back.
 */
export const usualResources = {
  broker: resources(250, 512 * Mi, 2000, 1024 * Mi),
  gateway: resources(100, 256 * Mi, 1000, 768 * Mi),
  dashboard: resources(50, 128 * Mi, 500, 512 * Mi),
  sidecar: resources(50, 128 * Mi, 500, 256 * Mi),
  service: resources(100, 128 * Mi, 1000, 512 * Mi),
} as const;

/** The wanted resources, with the usual ones where nothing is said. A request is never above its limit. */
export function withUsual(wanted: Resources | undefined, usual: ProcessResources): ProcessResources {
  const requests = { ...usual.requests, ...wanted?.requests };
  const limits = { ...usual.limits, ...wanted?.limits };
  const fit = (amount: "cpuMillis" | "memoryBytes") =>
    wanted?.limits[amount] === undefined
      ? { request: requests[amount], limit: Math.max(requests[amount], limits[amount]) }
      : { request: Math.min(requests[amount], limits[amount]), limit: limits[amount] };
  const [cpu, memory] = [fit("cpuMillis"), fit("memoryBytes")];
  return {
    requests: { cpuMillis: cpu.request, memoryBytes: memory.request },
    limits: { cpuMillis: cpu.limit, memoryBytes: memory.limit },
  };
}

function resources(cpu: number, memory: number, cpuLimit: number, memoryLimit: number): ProcessResources {
  return {
    requests: { cpuMillis: cpu, memoryBytes: memory },
    limits: { cpuMillis: cpuLimit, memoryBytes: memoryLimit },
  };
}
