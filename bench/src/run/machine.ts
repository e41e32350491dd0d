import { spawnSync } from "node:child_process";
import { cpus, loadavg, release, totalmem, type } from "node:os";
import { peerVersions } from "./peers.ts";
import type { Machine } from "./result.ts";

/** What a run is made on. Call the result once more at its end: it then has the load of that moment. */
export function describeMachine(): () => Machine {
  const at = new Date().toISOString();
  const [before = 0] = loadavg();
  const [cpu] = cpus();
  return () => ({
    at,
    commit: commit(),
    cpu: cpu?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    system: `${type()} ${release()}`,
    node: process.versions.node,
    load: [before, loadavg()[0] ?? 0],
    versions: peerVersions(),
  });
}

function commit(): string {
  const { status, stdout } = spawnSync("git", ["describe", "--always", "--dirty"], { encoding: "utf8" });
  return status === 0 ? stdout.trim() : "unknown";
}
