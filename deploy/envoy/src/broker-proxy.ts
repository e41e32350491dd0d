import { connectionAccessLog } from "./access-log.ts";
import { addressOf, type Endpoint, membersOf } from "./addresses.ts";
import type { Bootstrap } from "./api/envoy/config/bootstrap/v3/bootstrap.ts";
import type { Cluster } from "./api/envoy/config/cluster/v3/cluster.ts";
import type { FilterChain } from "./api/envoy/config/listener/v3/listener_components.ts";
import { type ProxyProcess, processOf } from "./process.ts";
import { extension } from "./typed.ts";

/** A broker behind Envoy. */
export interface ProxiedBroker extends Endpoint {
  /** The name that sidecars dial with TLS (SNI), one for each broker: links need each by its own name. */
  readonly serverName: string | undefined;
}

/** Envoy between sidecars and brokers. */
export interface BrokerProxy extends ProxyProcess {
  /** Where sidecars and gateways connect. */
  readonly listen: Endpoint;
  /** One without a server name, or any number with one each. */
  readonly brokers: readonly ProxiedBroker[];
}

/**
 * The bootstrap of Envoy between sidecars and brokers. Connections are passed on as they are: with TLS by the name that is asked
 * for, as the broker has to see the certificate of who connects; without TLS to the one broker.
 *
 * @throws Error if the brokers cannot be told apart by their server names
 */
export function brokerProxy(proxy: BrokerProxy): Bootstrap {
  const { brokers, listen } = proxy;
  const names = brokers.map(({ serverName }) => serverName);
  const isByName = names.every((name) => name !== undefined);
  if (brokers.length === 0) throw new Error("A proxy before brokers needs at least one broker.");
  if (!isByName && brokers.length > 1)
    throw new Error("Without TLS, one broker can be behind a port: give each a server name, or a proxy of its own.");
  if (new Set(names).size < names.length)
    throw new Error("Two brokers have the same server name: each needs one of its own.");
  return {
    ...processOf(proxy),
    static_resources: {
      listeners: [
        {
          name: "links",
          address: addressOf(listen),
          per_connection_buffer_limit_bytes: 1024 * 1024,
          // Reads which name is asked for, and nothing more.
          ...(isByName && {
            listener_filters: [
              extension("envoy.filters.listener.tls_inspector", "filters.listener.tls_inspector.v3.TlsInspector", {}),
            ],
            listener_filters_timeout: "10s",
          }),
          filter_chains: brokers.map(chainTo),
        },
      ],
      clusters: brokers.map((broker, index) => clusterOf(broker, index)),
    },
  };
}

function chainTo({ serverName }: ProxiedBroker, index: number): FilterChain {
  return {
    ...(serverName !== undefined && { filter_chain_match: { server_names: [serverName], transport_protocol: "tls" } }),
    filters: [
      extension("envoy.filters.network.tcp_proxy", "filters.network.tcp_proxy.v3.TcpProxy", {
        stat_prefix: nameOf(index),
        cluster: nameOf(index),
        // A link lives as long as its process. Its own pings find connections that are dead.
        idle_timeout: "0s",
        access_log: [connectionAccessLog],
      }),
    ],
  };
}

function clusterOf(broker: ProxiedBroker, index: number): Cluster {
  return {
    ...membersOf(nameOf(index), [broker]),
    upstream_connection_options: { tcp_keepalive: { keepalive_time: 30, keepalive_interval: 10, keepalive_probes: 3 } },
    circuit_breakers: { thresholds: [{ max_connections: 20_000, max_pending_requests: 20_000 }] },
  };
}

function nameOf(index: number): string {
  return `broker-${index}`;
}
