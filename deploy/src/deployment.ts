import type {
  Autoscaling,
  EnvoyDeployment,
  ProcessDeployment,
  SecretVariable,
  ServiceLanguage,
  ServiceType,
} from "@exosphere/application";

/** Ports on which processes listen wherever each has a network address of its own. */
export const usualPorts = {
  broker: 4100,
  brokerAdmin: 4101,
  sidecar: 4200,
  sidecarAdmin: 4201,
  /** Where an app takes deliveries of its sidecar, on loopback: `EXORELAY_PORT`. */
  app: 4210,
  gateway: 4300,
  gatewayAdmin: 4301,
  dashboard: 4400,
  dashboardAdmin: 4401,
} as const;

/** Seconds that processes get beyond `--grace` before they are killed. */
export const secondsBeyondGrace = 15;

/** CPU and memory of a process, complete. */
export interface ProcessResources {
  readonly requests: { readonly cpuMillis: number; readonly memoryBytes: number };
  readonly limits: { readonly cpuMillis: number; readonly memoryBytes: number };
}

/** A process of Exosphere, or an app, as it is deployed. */
export interface DeployedProcess extends Omit<ProcessDeployment, "resources"> {
  readonly resources: ProcessResources;
}

/** How the image of a service is made. */
export interface ServiceBuild {
  /** Undefined: it could not be told; the target that needs it says so. */
  readonly language: ServiceLanguage | undefined;
  /** The folder of the service, relative to that of the application, with slashes; "" for the same. */
  readonly folder: string;
  readonly command: string;
}

/** A service of the application as it is deployed. */
export interface DeployedService extends DeployedProcess {
  readonly role: string;
  /** A DNS label that no other service and no process of Exosphere has. */
  readonly name: string;
  readonly type: ServiceType;
  readonly image: string;
  /** Whether the image is built from the service's folder. */
  readonly isBuilt: boolean;
  /** Undefined: the image is made elsewhere, or nothing says how the service is started. */
  readonly build: ServiceBuild | undefined;
  readonly instances: number;
  readonly autoscaling: Autoscaling | undefined;
  /** Where it serves people, given to it as `PORT`; undefined: it does not. */
  readonly publicPort: number | undefined;
  /** The name by which people reach it. */
  readonly host: string | undefined;
  readonly isReadOnly: boolean;
  /** Room for files that each instance keeps, in bytes; undefined: it keeps none. */
  readonly storageBytes: number | undefined;
  /** Its sidecar, one for each instance. */
  readonly sidecar: DeployedProcess;
}

/** The gateway as it is deployed. */
export interface DeployedGateway extends DeployedProcess {
  readonly role: string;
  readonly replicas: number;
  /** Which clients may do what: the file for `--rules`. */
  readonly rulesJson: string;
}

/** What an application is when it is deployed: everything that targets need to know, and nothing of any one of them. */
export interface Deployment {
  /** The application's name. */
  readonly application: string;
  /** A DNS label of it. */
  readonly name: string;
  readonly version: string;
  /** The absolute path of the application's folder. */
  readonly root: string;
  /** That folder as seen from the one that files are written into, with slashes: "../..". */
  readonly rootFromOutput: string;
  /** The folder that files are written into as seen from the application's: "deploy/compose". */
  readonly outputFromRoot: string;
  /** What names of images begin with: a registry and a path in it. */
  readonly images: string;
  readonly tag: string;
  /** The image with the commands of Exosphere. */
  readonly platformImage: string;
  /** The version of Exosphere that is in it. */
  readonly platformVersion: string;
  /** The name by which clients reach the gateway. */
  readonly host: string | undefined;
  /** Room for what the broker keeps, in bytes. */
  readonly storageBytes: number;
  /** How long each process may take to finish what it has, in ms: `--grace`. */
  readonly graceMs: number;
  /** The routes of all roles: the file for `exocom serve --routes`. */
  readonly routesJson: string;
  readonly broker: DeployedProcess;
  /** Undefined: the application has none. */
  readonly gateway: DeployedGateway | undefined;
  readonly dashboard: DeployedProcess;
  readonly services: readonly DeployedService[];
  /** Envoy in front of the gateway, and between sidecars and the broker. */
  readonly envoy: EnvoyDeployment;
}

/** All secrets that the processes of a deployment want as files, once each. */
export function secretFilesOf({ broker, gateway, dashboard, services }: Deployment): readonly SecretVariable[] {
  const processes = [
    broker,
    ...(gateway ? [gateway] : []),
    dashboard,
    ...services,
    ...services.map((each) => each.sidecar),
  ];
  const all = processes.flatMap(({ secretFiles }) => secretFiles);
  return [...new Map(all.map((each) => [`${each.secret}/${each.key}`, each])).values()];
}
