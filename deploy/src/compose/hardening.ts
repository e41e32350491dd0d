import type { DeployedProcess, Deployment } from "../deployment.ts";
import { secondsBeyondGrace } from "../deployment.ts";
import { containerUser } from "../images/base-images.ts";

/** Most processes and threads in one container: Node has a dozen. */
const maxProcesses = 512;

/** What every container has: no rights, nothing to write, and a bound for whatever it uses. */
export function hardened({ resources }: DeployedProcess, { graceMs }: Deployment, isReadOnly = true) {
  return {
    user: containerUser,
    read_only: isReadOnly,
    tmpfs: ["/tmp:size=64m,mode=1777"],
    cap_drop: ["ALL"],
    security_opt: ["no-new-privileges:true"],
    // Ends orphans, and passes signals on.
    init: true,
    restart: "unless-stopped",
    stop_grace_period: `${Math.ceil(graceMs / 1000) + secondsBeyondGrace}s`,
    deploy: {
      resources: {
        limits: {
          cpus: cpus(resources.limits.cpuMillis),
          memory: `${resources.limits.memoryBytes}b`,
          pids: maxProcesses,
        },
        reservations: { memory: `${resources.requests.memoryBytes}b` },
      },
    },
    logging: { driver: "json-file", options: { "max-size": "10m", "max-file": "3" } },
  };
}

/** Asks a process whether it is ready, by the one program that its image has. */
export function readyCheck(adminPort: number) {
  const script = `fetch("http://127.0.0.1:${adminPort}/readyz").then((r)=>process.exit(r.ok?0:1),()=>process.exit(1))`;
  return {
    test: ["CMD", "/nodejs/bin/node", "-e", script],
    interval: "10s",
    timeout: "5s",
    retries: 3,
    start_period: "30s",
  };
}

function cpus(millis: number): string {
  return String(millis / 1000);
}
