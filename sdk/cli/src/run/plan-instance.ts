import { join } from "node:path";
import type { ApplicationService } from "@exosphere/application";
import type { PlannedProcess, TakesWork } from "./planned-process.ts";
import type { RunningService } from "./run-record.ts";

/** A service that `exo run` can start. */
export type Startable = ApplicationService & {
  readonly directory: string;
  readonly startup: NonNullable<ApplicationService["startup"]>;
};

/** One instance of a service: an app, and its sidecar. */
export interface PlannedInstance {
  readonly role: string;
  readonly sidecar: PlannedProcess;
  readonly app: PlannedProcess;
  readonly address: RunningService;
}

/** What every instance is planned from. */
export interface InstanceInput {
  /** The program of the sidecar, without its arguments. */
  readonly program: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** The broker, HOST:PORT. */
  readonly broker: string;
  /** A folder of this run alone, with a short path: for the sockets between apps and sidecars. */
  readonly socketFolder: string;
  /** Whether a role gets nothing that it does not ask for, as far as the routes tell: then it need not listen. */
  readonly getsOnlyReplies: (role: string) => boolean;
}

/** What is one instance's alone. */
export interface InstancePlace {
  /** As the output names it: `users`, or `users/2` where there are several. */
  readonly name: string;
  /** The app for its sidecar, the app for people, the sidecar for its app, the sidecar's admin. */
  readonly ports: InstancePorts;
  /** The port that the service asks for is given to the first instance alone. */
  readonly isFirst: boolean;
}

/** `portsOfInstance` of them. */
export type InstancePorts = readonly [app: number, people: number, sidecar: number, admin: number];

/** Whether a service has what `exo run` starts. */
export function isStartable(service: ApplicationService): service is Startable {
  return service.startup !== undefined && service.directory !== undefined;
}

/** The names of all instances of a service. */
export function instanceNames({ role, instances = 1 }: ApplicationService): readonly string[] {
  return instances === 1 ? [role] : Array.from({ length: instances }, (_, index) => `${role}/${index + 1}`);
}

/** Says which processes an instance consists of. Starts nothing. */
export function planInstance(service: Startable, input: InstanceInput, place: InstancePlace): PlannedInstance {
  const { role, directory, startup, environment } = service;
  const { name, ports, isFirst } = place;
  const [appPort, servedPort, port, adminPort] = ports;
  const ownPort = isFirst ? service.port : undefined;
  const publicPort = ownPort ?? (service.type === "public" || service.port !== undefined ? servedPort : undefined);
  const socket = join(input.socketFolder, `${port}.sock`);
  // Both ways for the app to take its deliveries: the sidecar keeps to the one that it finds the app at.
  const app = `http://${local(appPort)}`;
  const flags = { role, broker: input.broker, app, socket, port, "admin-port": adminPort };
  const isPublic = publicPort !== undefined;
  const takesWork = { sidecarMetricsUrl: `http://${local(adminPort)}/metrics`, exorelayPort: appPort, publicPort };
  const isExpected = service.route.receives.length > 0 && !(isPublic && input.getsOnlyReplies(role));
  return {
    role,
    sidecar: {
      name: `${name}/sidecar`,
      logsJson: true,
      // `exo run` says itself that an app does not listen, in words for whoever runs it.
      command: [...input.program, ...argumentsOf(flags), "--no-app-expected"],
      cwd: directory,
      env: input.env,
      up: { readyUrl: `http://${local(adminPort)}/readyz` },
      ...(isPublic && { isEntry: true }),
    },
    app: {
      name,
      logsJson: false,
      command: startup.command,
      cwd: directory,
      env: {
        ...input.env,
        ...environment,
        EXOCOM_HOST: "127.0.0.1",
        EXOCOM_PORT: String(port),
        EXOCOM_SOCKET: socket,
        ROLE: role,
        EXORELAY_PORT: String(appPort),
        ...(isPublic ? { HOST: "127.0.0.1", PORT: String(publicPort) } : {}),
      },
      up: upOf(service, takesWork),
      ...(isExpected && { takesWork }),
    },
    address: {
      name,
      role,
      sidecarUrl: `http://${local(port)}`,
      sidecarAdminUrl: `http://${local(adminPort)}`,
      socket,
      publicUrl: isPublic ? `http://${local(publicPort)}` : undefined,
    },
  };
}

/** What sends only, and serves nobody, has no reason to listen or to attach: it is up when it runs. */
function upOf({ startup, route }: Startable, takesWork: TakesWork): PlannedProcess["up"] {
  if (startup.onlineText !== undefined) return { onlineText: startup.onlineText };
  return route.receives.length > 0 || takesWork.publicPort !== undefined ? takesWork : undefined;
}

/** An address on this machine, HOST:PORT. */
export function local(port: number): string {
  return `127.0.0.1:${port}`;
}

/** Flags of a command, each with its value behind a `=`, as a role may begin with a dash. */
export function argumentsOf(flags: Readonly<Record<string, string | number>>): string[] {
  return Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
}
