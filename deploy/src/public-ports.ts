import { type DeployedService, usualPorts } from "./deployment.ts";

/** The port of one machine for each public service: its own, or the next that none before it has. */
export function publicPorts(services: readonly DeployedService[]): ReadonlyMap<DeployedService, number> {
  const taken = new Set<number>(Object.values(usualPorts));
  const ports = new Map<DeployedService, number>();
  for (const service of services) {
    if (service.publicPort === undefined) continue;
    let port = service.publicPort;
    while (taken.has(port)) port += 1;
    taken.add(port);
    ports.set(service, port);
  }
  return ports;
}

/** The addresses of all public services on one machine, and on the Internet: their pages may call the gateway. */
export function publicSites(services: readonly DeployedService[]): readonly string[] {
  return [...publicPorts(services)].flatMap(([{ host }, port]) => {
    const local = [`http://127.0.0.1:${port}`, `http://localhost:${port}`];
    return host === undefined ? local : [`https://${host}`, ...local];
  });
}
