import type { ExoError } from "@exosphere/proto";
import { type GuardedRequest, type HostGuardOptions, hostGuard } from "../http/host-guard.ts";

/** Addresses that stand for all of a machine's. */
const allAddresses = ["0.0.0.0", "::", "[::]"];

/**
 * Keeps web pages off the admin port of a process that listens on `host`. Where that is every address of the machine, probes
 * and Prometheus call from elsewhere, by whichever of them; a page that makes its own name lead here still comes by that name.
 */
export function adminGuard(
  host: string,
  { hosts = [], ...options }: HostGuardOptions,
): (request: GuardedRequest) => ExoError | undefined {
  const anyAddress = allAddresses.includes(host);
  return hostGuard({ ...options, hosts: [host, ...hosts], anyAddress, remedy: "by its address" });
}
