/** Amounts of CPU and memory, as Kubernetes writes them. */
export interface AmountsOfResources {
  readonly cpu?: string;
  readonly memory?: string;
}

/** What a container is promised, and what it may use at most. */
export interface Resources {
  readonly requests?: AmountsOfResources;
  readonly limits?: AmountsOfResources;
}

/** What has to be known of a sidecar to put it into a pod. */
export interface SidecarOptions {
  readonly role: string;
  readonly image: string;
  /** Brokers in order of preference, `HOST:PORT`. */
  readonly broker: readonly string[];
  /** Where the app takes its deliveries, if it takes them by HTTP. */
  readonly appPort: number;
  /** Path of the app that answers while it takes deliveries. */
  readonly appHealth?: string | undefined;
  readonly resources: Resources;
  /**
   * Secret of the pod's namespace with the tokens of the sidecar, by the names of `tokenKeys`. Without it the sidecar has none, and
   * a broker on another machine refuses it.
   */
  readonly tokensSecret?: string | undefined;
}

/** The names by which a Secret has the tokens of an application. */
export const tokenKeys = {
  /** The attach tokens of all roles, as the broker reads them. */
  roles: "attach-tokens.yml",
  /** The token of operators at the broker, which the dashboard needs as well. */
  admin: "admin-token",
  /** The token that the admin ports of all other processes ask for. */
  metrics: "metrics-token",
  /** The attach token of one role. */
  role: (role: string): string => `attach-token-${role}`,
} as const;
