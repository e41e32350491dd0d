import { listen } from "@exosphere/http";
import { createServer } from "@exosphere/http/node-http";
import { usualPorts } from "../run/shared-ports.ts";
import { type Found, ok, type Patient, problem, warning } from "./finding.ts";
import { portOwner } from "./port-owner.ts";

/** Ports that `exo run` wants: those that people know, and those that services ask for. */
export async function checkPorts({ application, run }: Patient): Promise<readonly Found[]> {
  if (run !== undefined) return [ok(`taken by the application that runs here, as process ${run.pid}`)];
  const findings: Found[] = [];
  for (const [what, port] of Object.entries(usualPorts)) {
    if (!(await isFree(port)))
      findings.push(
        warning(`${port}, of the ${what}, is taken${byWhom(port)}; end that, or 'exo run' takes a free one`),
      );
  }
  for (const { role, port } of application?.services ?? []) {
    if (port !== undefined && !(await isFree(port)))
      findings.push(
        problem(`${port}, which ${role} asks for by development.port, is taken${byWhom(port)}; end that, or change it`),
      );
  }
  return findings.length > 0
    ? findings
    : [ok(`${Object.values(usualPorts).join(", ")} and those of services are free`)];
}

function byWhom(port: number): string {
  const owner = portOwner(port);
  return owner === undefined ? "" : ` by process ${owner.pid} (${owner.command.slice(0, 80)})`;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    await listen(server, { host: "127.0.0.1", port, setting: "" });
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
