/** The parts of Kubernetes' pods that are read and written here. Whatever else a pod has stays as it is. */
export interface Pod {
  readonly metadata?: {
    readonly name?: string;
    readonly generateName?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: PodSpec;
}

/** What runs in a pod. */
export interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly { readonly name: string }[];
  readonly hostNetwork?: boolean;
  readonly os?: { readonly name: string };
  readonly terminationGracePeriodSeconds?: number;
}

/** A container of a pod. */
export interface Container {
  readonly name: string;
  readonly env?: readonly EnvVariable[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}

/** A variable of a container. */
export interface EnvVariable {
  readonly name: string;
  readonly value?: string;
}
