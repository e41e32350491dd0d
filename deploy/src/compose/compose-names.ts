import type { DeployedService } from "../deployment.ts";

/** One instance of a service, with a sidecar of its own. */
export interface ComposeInstance {
  readonly service: DeployedService;
  /** 1, 2, … */
  readonly number: number;
  readonly name: string;
  readonly sidecar: string;
  /** The volume with the socket that the two share. */
  readonly socket: string;
  /** The volume for the files that it keeps. */
  readonly data: string;
}

/**
 * The instances of a service. Each is a service of Compose, as containers that share a network are tied to each other by name: Compose
 * cannot make more of such a pair.
 */
export function instancesOf(service: DeployedService): readonly ComposeInstance[] {
  return Array.from({ length: service.instances }, (_, index) => {
    const name = index === 0 ? service.name : `${service.name}-${index + 1}`;
    return {
      service,
      number: index + 1,
      name,
      sidecar: `${name}-sidecar`,
      socket: `${name}-socket`,
      data: `${name}-data`,
    };
  });
}

/** A variable by which whoever deploys chooses a port of the machine. */
export function portVariable(name: string): string {
  return `${name.replaceAll("-", "_").toUpperCase()}_PORT`;
}
