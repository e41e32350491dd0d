import { isIP } from "node:net";
import type { Cluster } from "./api/envoy/config/cluster/v3/cluster.ts";
import type { Address } from "./api/envoy/config/core/v3/address.ts";
import type { LbEndpoint } from "./api/envoy/config/endpoint/v3/endpoint_components.ts";

/** Where something listens. */
export interface Endpoint {
  /** An IP address or a DNS name. */
  readonly host: string;
  readonly port: number;
}

/** An address in Envoy's form. */
export function addressOf({ host, port }: Endpoint): Address {
  return { socket_address: { address: host, port_value: port } };
}

/** The members of a cluster that are found by addresses, or by DNS as soon as one of them is a name. */
export function membersOf(name: string, endpoints: readonly Endpoint[], healthPort?: number): Cluster {
  const members = endpoints.map((endpoint): LbEndpoint => {
    const health_check_config = healthPort === undefined ? undefined : { port_value: healthPort };
    return { endpoint: { address: addressOf(endpoint), ...(health_check_config && { health_check_config }) } };
  });
  const isByName = endpoints.some(({ host }) => isIP(host) === 0);
  return {
    name,
    connect_timeout: "2s",
    ...(isByName
      ? { type: "STRICT_DNS", dns_refresh_rate: "5s", respect_dns_ttl: true, dns_lookup_family: "ALL" }
      : { type: "STATIC" }),
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: members }] },
  };
}
