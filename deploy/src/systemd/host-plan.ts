import { createHash } from "node:crypto";
import { type DeployedService, type Deployment, usualPorts } from "../deployment.ts";
import { publicPorts } from "../public-ports.ts";

/** First port for sidecars and apps: each instance has three, beside each other. */
const firstPort = 4500;

/** Longest name of a user in Linux. */
const maxUserName = 31;

/** One instance of a service on this machine, with ports of its own. */
export interface HostInstance {
  readonly service: DeployedService;
  /** The label of the service, with a number from the second instance on. */
  readonly name: string;
  readonly edgePort: number;
  readonly adminPort: number;
  readonly appPort: number;
  /** Where it serves people. Only the first instance does: ports cannot be shared. */
  readonly publicPort: number | undefined;
}

/** Every instance of every service, with ports that nothing else here has. */
export function hostInstances({ services }: Deployment): readonly HostInstance[] {
  const publics = publicPorts(services);
  const taken = new Set<number>([...Object.values(usualPorts), ...publics.values()]);
  let next = firstPort;
  const free = () => {
    while (taken.has(next)) next += 1;
    return next++;
  };
  return services.flatMap((service) =>
    Array.from({ length: service.instances }, (_, index) => ({
      service,
      name: index === 0 ? service.name : `${service.name}-${index + 1}`,
      edgePort: free(),
      adminPort: free(),
      appPort: free(),
      publicPort: index === 0 ? publics.get(service) : undefined,
    })),
  );
}

/** Where things are on the machine. */
export function hostPaths({ name }: Pick<Deployment, "name">) {
  return {
    config: `/etc/exosphere/${name}`,
    /** The application's own folder. */
    application: `/opt/exosphere/${name}`,
    /** Below /var/lib and /run. */
    folder: `exosphere/${name}`,
  };
}

/** The name of a user that systemd makes while a unit runs. Sidecar and app have the same, so that the app may open the socket. */
export function userName(deployment: Pick<Deployment, "name">, process: string): string {
  const name = `${deployment.name}-${process}`;
  return name.length <= maxUserName ? name : `exo-${createHash("sha256").update(name).digest("hex").slice(0, 16)}`;
}
