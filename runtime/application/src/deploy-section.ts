/** What a process may use: milli-CPUs (1000 are one core) and bytes of memory. Absent: as the target has it. */
export interface Amounts {
  readonly cpuMillis?: number;
  readonly memoryBytes?: number;
}

/** What a process is promised, and what it gets at most. */
export interface Resources {
  readonly requests: Amounts;
  readonly limits: Amounts;
}

/** A variable of a process that comes from a secret of whoever deploys: one key of it. */
export interface SecretVariable {
  readonly variable: string;
  readonly secret: string;
  readonly key: string;
}

/** How one process is deployed. */
export interface ProcessDeployment {
  readonly resources: Resources;
  /** Variables, beside and above those that it has everywhere. */
  readonly environment: Readonly<Record<string, string>>;
  /** Variables whose value is secret. */
  readonly secrets: readonly SecretVariable[];
  /** Variables that name a file whose content is secret. */
  readonly secretFiles: readonly SecretVariable[];
}

/** The languages whose services can be built into images. */
export const serviceLanguages = ["js", "ts", "python", "go", "java", "rust", "bash"] as const;

/** A language whose services can be built into images. */
export type ServiceLanguage = (typeof serviceLanguages)[number];

/** Between how many instances a service moves with its load. */
export interface Autoscaling {
  readonly min: number;
  readonly max: number;
  /** Percent of the requested CPU that instances are to use. */
  readonly cpuPercent: number;
}

/** `deploy` of a service: how its instances are deployed. */
export interface ServiceDeployment extends ProcessDeployment {
  /** Undefined: found out by its files. */
  readonly language: ServiceLanguage | undefined;
  readonly autoscaling: Autoscaling | undefined;
  /** The name by which people reach a public service. */
  readonly host: string | undefined;
  /** Whether it may write nothing but what is mounted, and its temporary files. */
  readonly isReadOnly: boolean;
  /** Room for files that outlive the process, in bytes; undefined: it keeps none. */
  readonly storageBytes: number | undefined;
}

/** `deploy.gateway` of application.yml. */
export interface GatewayDeployment extends ProcessDeployment {
  readonly replicas: number;
}

/** Envoy in front of the gateway, and between sidecars and brokers. */
export interface EnvoyDeployment {
  /** Where Envoy finds them, HOST:PORT. */
  readonly gateway: string;
  readonly gatewayAdminPort: number;
  readonly broker: string;
  /** Where Envoy listens. */
  readonly port: number;
  readonly redirectPort: number;
  readonly brokerPort: number;
  /** Paths of the files, PEM. */
  readonly certificate: string;
  readonly key: string;
  readonly oldestTls: "1.2" | "1.3";
  readonly isHsts: boolean;
  readonly requestsPerSecond: number;
  readonly requestsPerConnection: number;
  readonly maxConnections: number;
}

/** `deploy` of application.yml: what there is to say about the application as a whole. */
export interface ApplicationDeployment {
  readonly envoy: EnvoyDeployment;
  /** What names of images begin with: a registry, and a path in it. */
  readonly images: string | undefined;
  readonly tag: string | undefined;
  /** The image with the commands of Exosphere. */
  readonly platform: string | undefined;
  /** The name by which clients reach the gateway. */
  readonly host: string | undefined;
  /** Room for what the broker keeps, in bytes. */
  readonly storageBytes: number;
  readonly broker: ProcessDeployment;
  readonly gateway: GatewayDeployment;
  readonly dashboard: ProcessDeployment;
  /** The sidecar of each instance. */
  readonly sidecars: ProcessDeployment;
}
