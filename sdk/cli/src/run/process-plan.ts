import { join } from "node:path";
import type { Application, ApplicationService } from "@exosphere/application";
import { planDashboard } from "./plan-dashboard.ts";
import { gatewayEnvironment, planGateway } from "./plan-gateway.ts";
import type { PlannedProcess, TakesWork } from "./planned-process.ts";
import type { RunningService, RunRecord } from "./run-file.ts";

/** Where people and programs find a role. */
export type RoleAddresses = Pick<RunningService, "role" | "sidecarUrl" | "publicUrl">;

/** Where others find what belongs to the whole application. */
export type SharedAddresses = Pick<RunRecord, "broker" | "gateway" | "dashboard">;

/** Every process of an application, by the order in which they need each other. */
export interface ProcessPlan {
  readonly broker: PlannedProcess;
  readonly sidecars: readonly PlannedProcess[];
  /** What serves clients, if the application says so. */
  readonly gateway?: PlannedProcess | undefined;
  /** What shows the bus, if that is wanted. */
  readonly dashboard?: PlannedProcess | undefined;
  readonly services: readonly PlannedProcess[];
  readonly addresses: readonly RunningService[];
  /** Where broker, gateway and dashboard are. */
  readonly shared: SharedAddresses;
  /** Services that have no startup command. */
  readonly notStarted: readonly string[];
}

/** What a plan is made from. */
export interface PlanInput {
  readonly application: Application;
  /** Programs, without their arguments. */
  readonly programs: Readonly<Record<"broker" | "sidecar" | "gateway" | "dashboard", readonly string[]>>;
  /** The environment that all processes inherit. */
  readonly env: NodeJS.ProcessEnv;
  /** Port of the first public service; by default a free one. */
  readonly publicPort: number | undefined;
  /** Port of the broker; by default a free one. */
  readonly brokerPort?: number | undefined;
  /** Port of the gateway; by default a free one. */
  readonly gatewayPort?: number | undefined;
  /** Port of the dashboard, 0 for a free one; undefined: there is none. */
  readonly dashboardPort?: number | undefined;
  /** A folder of this run alone, with a short path: for the sockets between apps and sidecars. */
  readonly socketFolder: string;
  /** At least `portsNeeded(application)` free ports. */
  readonly ports: readonly number[];
}

type Startable = ApplicationService & {
  readonly directory: string;
  readonly startup: NonNullable<ApplicationService["startup"]>;
};

/** gRPC and admin. */
const portsOfBroker = 2;

/** For clients, and admin. */
const portsOfGateway = 2;

/** For people, and admin. */
const portsOfDashboard = 2;

/** The app for its sidecar, the app for people, the sidecar for its app, the sidecar's admin. */
const portsOfService = 4;

/** Set for `exo` itself or by a surrounding broker or service, they would mislead the processes under it. */
const notInherited = [
  "PORT",
  "SERVICE_DATA",
  "EXO_SERVICE_DATA",
  "EXO_ROUTES",
  "EXO_CONFIG",
  "EXOCOM_SOCKET",
  "EXOCOM_BROKER",
];

/** What processes under `exo` inherit of its environment. */
export function inheritedEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const inherited = { ...env };
  for (const name of notInherited) delete inherited[name];
  return inherited;
}

/** How many free ports a plan takes. */
export function portsNeeded(application: Application): number {
  const services = application.services.filter(isStartable).length;
  return portsOfBroker + portsOfService * services + portsOfGateway + portsOfDashboard;
}

/** Says which processes an application consists of on this machine. Starts nothing. */
export function planProcesses(input: PlanInput): ProcessPlan {
  const { application, publicPort } = input;
  const env = inheritedEnvironment(input.env);
  const [freeBrokerPort = 0, brokerAdmin = 0, ...ports] = input.ports;
  const brokerPort = input.brokerPort || freeBrokerPort;
  const startable = application.services.filter(isStartable);
  const others = ports.slice(startable.length * portsOfService);
  const [freePort = 0, gatewayAdmin = 0, freeDashboardPort = 0, dashboardAdmin = 0] = others;
  const gatewayPort = input.gatewayPort || freePort;
  Object.assign(env, gatewayEnvironment(application, gatewayPort, env));
  const firstPublic = startable.find(({ type, port }) => type === "public" && port === undefined);
  const planned = startable.map((service, index) => {
    const own = ports.slice(index * portsOfService, (index + 1) * portsOfService);
    if (service === firstPublic && publicPort) own[1] = publicPort;
    return planService(service, { ...input, env }, brokerPort, own, join(input.socketFolder, `${index + 1}.sock`));
  });
  const addresses = planned.map((each) => each.addresses);
  const dashboardPort = input.dashboardPort === 0 ? freeDashboardPort : input.dashboardPort;
  const broker = local(brokerPort);
  const dashboard = { application, program: input.programs.dashboard, env, broker, adminPort: dashboardAdmin };
  return {
    dashboard: dashboardPort === undefined ? undefined : planDashboard({ ...dashboard, port: dashboardPort }),
    shared: {
      broker: { address: broker, adminUrl: `http://${local(brokerAdmin)}` },
      gateway: application.gateway && urlsOf(gatewayPort, gatewayAdmin),
      dashboard: dashboardPort === undefined ? undefined : urlsOf(dashboardPort, dashboardAdmin),
    },
    gateway: planGateway({
      application,
      program: input.programs.gateway,
      env,
      broker,
      port: gatewayPort,
      adminPort: gatewayAdmin,
      folder: input.socketFolder,
      sites: addresses.flatMap(({ publicUrl }) => publicUrl ?? []),
    }),
    broker: planBroker({ ...input, env }, brokerPort, brokerAdmin),
    sidecars: planned.map(({ sidecar }) => sidecar),
    services: planned.map(({ process }) => process),
    addresses,
    notStarted: application.services.filter((service) => !isStartable(service)).map(({ role }) => role),
  };
}

function isStartable(service: ApplicationService): service is Startable {
  return service.startup !== undefined && service.directory !== undefined;
}

function planBroker({ application, programs, env }: PlanInput, port: number, adminPort: number): PlannedProcess {
  const flags = { app: application.file, port, "admin-port": adminPort };
  return {
    name: "exocom",
    logsJson: true,
    command: [...programs.broker, "serve", ...argumentsOf(flags)],
    cwd: application.root,
    env,
    up: { readyUrl: readyUrl(adminPort) },
  };
}

function planService(
  service: Startable,
  { programs, env }: PlanInput,
  broker: number,
  ports: readonly number[],
  socket: string,
) {
  const { role, directory, startup, environment } = service;
  const [appPort = 0, servedPort = 0, port = 0, adminPort = 0] = ports;
  const publicPort = service.port ?? (service.type === "public" ? servedPort : undefined);
  const isPublic = publicPort !== undefined;
  // Both ways for the app to take its deliveries: the sidecar keeps to the one that it finds the app at.
  const app = `http://${local(appPort)}`;
  const flags = { role, broker: local(broker), app, socket, port, "admin-port": adminPort };
  const sidecar: PlannedProcess = {
    name: `${role}/sidecar`,
    logsJson: true,
    command: [...programs.sidecar, ...argumentsOf(flags)],
    cwd: directory,
    env,
    up: { readyUrl: readyUrl(adminPort) },
    ...(isPublic && { isEntry: true }),
  };
  const process: PlannedProcess = {
    name: role,
    logsJson: false,
    command: startup.command,
    cwd: directory,
    env: {
      ...env,
      ...environment,
      EXOCOM_HOST: "127.0.0.1",
      EXOCOM_PORT: String(port),
      EXOCOM_SOCKET: socket,
      ROLE: role,
      EXORELAY_PORT: String(appPort),
      ...(isPublic ? { PORT: String(publicPort) } : {}),
    },
    up: upOf(service, { sidecarMetricsUrl: `http://${local(adminPort)}/metrics`, exorelayPort: appPort, publicPort }),
  };
  const publicUrl = isPublic ? `http://${local(publicPort)}` : undefined;
  const { url: sidecarUrl, adminUrl: sidecarAdminUrl } = urlsOf(port, adminPort);
  return { sidecar, process, addresses: { role, sidecarUrl, sidecarAdminUrl, socket, publicUrl } };
}

/** What sends only, and serves nobody, has no reason to listen or to attach: it is up when it runs. */
function upOf({ startup, route }: Startable, takesWork: TakesWork): PlannedProcess["up"] {
  if (startup.onlineText !== undefined) return { onlineText: startup.onlineText };
  return route.receives.length > 0 || takesWork.publicPort !== undefined ? takesWork : undefined;
}

function urlsOf(port: number, adminPort: number): { readonly url: string; readonly adminUrl: string } {
  return { url: `http://${local(port)}`, adminUrl: `http://${local(adminPort)}` };
}

function local(port: number): string {
  return `127.0.0.1:${port}`;
}

function readyUrl(adminPort: number): string {
  return `http://${local(adminPort)}/readyz`;
}

/** `--flag=value`, as a role may begin with a dash. */
function argumentsOf(flags: Readonly<Record<string, string | number>>): string[] {
  return Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
}
