import type { Resources } from "@exosphere/injector/pod";

/** A variable whose value is in a Secret of whoever deploys. */
export interface SecretVariable {
  readonly variable: string;
  readonly secret: string;
  readonly key: string;
}

/** How one process is run. */
export interface KubernetesProcess {
  readonly resources: Resources;
  /** Variables, beside those that it has everywhere. */
  readonly environment: Readonly<Record<string, string>>;
  /** Variables whose value is secret. */
  readonly secrets: readonly SecretVariable[];
  /** Variables that name a file whose content is secret. */
  readonly secretFiles: readonly SecretVariable[];
}

/** What has to be known of an application to run it on Kubernetes. Names are DNS labels, of at most 63 characters. */
export interface KubernetesApplication {
  /** Of the application: the name of every object begins with it. */
  readonly name: string;
  readonly description: string;
  readonly version: string;
  /** Image with the commands of Exosphere, with a version. */
  readonly image: string;
  /** The user that all processes run as: not root. Images of apps have to be fine with it. */
  readonly user: number;
  readonly roles: readonly KubernetesRole[];
  readonly gateway?: KubernetesGateway | undefined;
  readonly broker: KubernetesProcess & {
    /** The rights of every role: the file for `exocom serve --routes`. */
    readonly routesJson: string;
    /** Room for what it keeps, in bytes. */
    readonly storageBytes: number;
  };
  readonly dashboard: KubernetesProcess;
  /** The sidecar of each instance. */
  readonly sidecars: KubernetesProcess;
  /** How long a signalled process may take, in milliseconds. */
  readonly graceMs: number;
}

/** The gateway of an application. */
export interface KubernetesGateway extends KubernetesProcess {
  readonly role: string;
  /** That role as a DNS label, different from that of any other role. */
  readonly name: string;
  /** What clients may do: the file for `exo-gateway --rules`. */
  readonly rulesJson: string;
  /** The name by which clients reach it. */
  readonly host: string;
}

/** A role, and the app that plays it. */
export interface KubernetesRole extends KubernetesProcess {
  /** As application.yml has it. */
  readonly role: string;
  /** The same as a DNS label, different from that of any other role. */
  readonly name: string;
  /** Image of the app, with a version. */
  readonly image: string;
  readonly instances: number;
  /** Where the app serves people. Undefined: it serves nobody. */
  readonly publicPort?: number | undefined;
  /** The name by which people reach it, if it serves them. */
  readonly host?: string | undefined;
  /** Whether its app may write nothing but /tmp. */
  readonly isReadOnly: boolean;
  /** Room for files that each instance keeps, in bytes. Undefined: it keeps none. */
  readonly storageBytes?: number | undefined;
  /** Between how many instances it moves with its load. Undefined: there are as many as `instances` says. */
  readonly autoscaling?: { readonly min: number; readonly max: number; readonly cpuPercent: number } | undefined;
}
