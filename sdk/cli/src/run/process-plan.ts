import type { Application } from "@exosphere/application";
import { getsOnlyReplies } from "./only-replies.ts";
import { planDashboard } from "./plan-dashboard.ts";
import { gatewayEnvironment, planGateway } from "./plan-gateway.ts";
import {
  argumentsOf,
  type InstancePorts,
  instanceNames,
  isStartable,
  local,
  type PlannedInstance,
  planInstance,
} from "./plan-instance.ts";
import type { PlannedProcess } from "./planned-process.ts";
import type { RunRecord } from "./run-record.ts";

/** Where others find what belongs to the whole application. */
export type SharedAddresses = Pick<RunRecord, "broker" | "gateway" | "dashboard">;

/** Every process of an application. */
export interface ProcessPlan {
  readonly broker: PlannedProcess;
  /** What serves clients, if the application says so. */
  readonly gateway: PlannedProcess | undefined;
  /** What shows the bus, if that is wanted. */
  readonly dashboard: PlannedProcess | undefined;
  /** By the order of the services. */
  readonly instances: readonly PlannedInstance[];
  /** Where broker, gateway and dashboard are. */
  readonly shared: SharedAddresses;
  /** Services that have no startup command. */
  readonly notStarted: readonly string[];
}

/** What plans are made from, beside the application. */
export interface PlanInput {
  /** Programs, without their arguments. */
  readonly programs: Readonly<Record<"broker" | "sidecar" | "gateway" | "dashboard", readonly string[]>>;
  /** The environment that all processes inherit. */
  readonly env: NodeJS.ProcessEnv;
  /** Port of the first public service; by default a free one. */
  readonly publicPort?: number | undefined;
  /** Ports of broker and gateway; 0 or undefined for free ones. */
  readonly brokerPort?: number | undefined;
  readonly gatewayPort?: number | undefined;
  /** Port of the dashboard, 0 for a free one; undefined: there is none. */
  readonly dashboardPort?: number | undefined;
  /** A folder of this run alone, with a short path: for the sockets between apps and sidecars. */
  readonly socketFolder: string;
  /** Finds so many free ports. */
  readonly freePorts: (count: number) => Promise<readonly number[]>;
}

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

interface SharedPorts {
  readonly broker: number;
  readonly brokerAdmin: number;
  readonly gateway: number;
  readonly gatewayAdmin: number;
  readonly dashboard: number;
  readonly dashboardAdmin: number;
}

/** Says which processes an application consists of on this machine, now and after it was changed. Starts nothing. */
export class Planner {
  readonly #input: PlanInput;
  readonly #shared: SharedPorts;
  /** Those of instances keep theirs for as long as the application runs. */
  readonly #ports = new Map<string, InstancePorts>();

  private constructor(input: PlanInput, shared: SharedPorts) {
    this.#input = input;
    this.#shared = shared;
  }

  /** Finds ports for what the whole application shares. */
  static async of(input: PlanInput): Promise<Planner> {
    const [broker = 0, brokerAdmin = 0, gateway = 0, gatewayAdmin = 0, dashboard = 0, dashboardAdmin = 0] =
      await input.freePorts(6);
    return new Planner(input, {
      broker: input.brokerPort || broker,
      brokerAdmin,
      gateway: input.gatewayPort || gateway,
      gatewayAdmin,
      dashboard: input.dashboardPort || dashboard,
      dashboardAdmin,
    });
  }

  /** Every process of the application as it is now. What has not changed since the last plan is planned alike. */
  async plan(application: Application): Promise<ProcessPlan> {
    const { programs, dashboardPort, socketFolder } = this.#input;
    const ports = this.#shared;
    const env = this.#environment(application);
    const broker = local(ports.broker);
    const instances = await this.#instances(application, env);
    const common = { application, env, broker };
    const gateway = planGateway({
      ...common,
      program: programs.gateway,
      port: ports.gateway,
      adminPort: ports.gatewayAdmin,
      folder: socketFolder,
      sites: instances.flatMap(({ address }) => address.publicUrl ?? []),
    });
    const { dashboard: port, dashboardAdmin: adminPort } = ports;
    const dashboard =
      dashboardPort === undefined
        ? undefined
        : planDashboard({ ...common, program: programs.dashboard, port, adminPort });
    return {
      broker: this.#broker(application, env),
      gateway,
      dashboard,
      instances,
      shared: {
        broker: { address: broker, adminUrl: `http://${local(ports.brokerAdmin)}` },
        gateway: gateway && urlsOf(ports.gateway, ports.gatewayAdmin),
        dashboard: dashboard && urlsOf(port, adminPort),
      },
      notStarted: application.services.filter((service) => !isStartable(service)).map(({ role }) => role),
    };
  }

  async #instances(application: Application, env: NodeJS.ProcessEnv): Promise<PlannedInstance[]> {
    const { programs, socketFolder } = this.#input;
    const broker = local(this.#shared.broker);
    const isAnswered = (role: string) => getsOnlyReplies(role, application.routes);
    const input = { program: programs.sidecar, env, broker, socketFolder, getsOnlyReplies: isAnswered };
    const startable = application.services.filter(isStartable);
    const firstPublic = startable.find(({ type, port }) => type === "public" && port === undefined);
    const planned: PlannedInstance[] = [];
    for (const service of startable) {
      for (const [index, name] of instanceNames(service).entries()) {
        const isFirst = index === 0;
        const ports = await this.#portsOf(name, isFirst && service === firstPublic);
        planned.push(planInstance(service, input, { name, ports, isFirst }));
      }
    }
    return planned;
  }

  async #portsOf(name: string, isFirstPublic: boolean): Promise<InstancePorts> {
    const known = this.#ports.get(name);
    if (known) return known;
    const [app = 0, people = 0, sidecar = 0, admin = 0] = await this.#input.freePorts(4);
    const wanted = isFirstPublic ? this.#input.publicPort : undefined;
    const ports = [app, wanted || people, sidecar, admin] as const;
    this.#ports.set(name, ports);
    return ports;
  }

  #environment(application: Application): NodeJS.ProcessEnv {
    const env = inheritedEnvironment(this.#input.env);
    return Object.assign(env, gatewayEnvironment(application, this.#shared.gateway, env));
  }

  #broker(application: Application, env: NodeJS.ProcessEnv): PlannedProcess {
    const { broker: port, brokerAdmin } = this.#shared;
    const flags = { app: application.file, port, "admin-port": brokerAdmin };
    return {
      name: "exocom",
      logsJson: true,
      command: [...this.#input.programs.broker, "serve", ...argumentsOf(flags)],
      cwd: application.root,
      env,
      up: { readyUrl: `http://${local(brokerAdmin)}/readyz` },
    };
  }
}

function urlsOf(port: number, adminPort: number): { readonly url: string; readonly adminUrl: string } {
  return { url: `http://${local(port)}`, adminUrl: `http://${local(adminPort)}` };
}
