import { httpAccessLog } from "./access-log.ts";
import { addressOf, type Endpoint, membersOf } from "./addresses.ts";
import type { Bootstrap } from "./api/envoy/config/bootstrap/v3/bootstrap.ts";
import type { Cluster } from "./api/envoy/config/cluster/v3/cluster.ts";
import type { HealthCheck } from "./api/envoy/config/core/v3/health_check.ts";
import type { Listener } from "./api/envoy/config/listener/v3/listener.ts";
import type { RouteConfiguration } from "./api/envoy/config/route/v3/route.ts";
import type { HttpFilter } from "./api/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.ts";
import { gatewayCluster, gatewayRoutes, redirectRoutes } from "./gateway-routes.ts";
import { problemReplies } from "./problem-replies.ts";
import { type ProxyProcess, processOf } from "./process.ts";
import { type RateLimit, rateLimit } from "./rate-limit.ts";
import { type ServerCertificate, serverTls } from "./tls.ts";
import { extension, typed } from "./typed.ts";

/** Envoy in front of the gateway. */
export interface GatewayProxy extends ProxyProcess {
  /** Where clients come: with TLS if there is a certificate. */
  readonly listen: Endpoint;
  readonly certificate: ServerCertificate | undefined;
  /** Where who comes by plain HTTP is sent to TLS, if there is a certificate. */
  readonly redirectFrom: Endpoint | undefined;
  /** Strict-Transport-Security of answers; undefined: none. */
  readonly hsts: string | undefined;
  /** Names by which clients call; `*` for any. */
  readonly hosts: readonly string[];
  readonly gateways: readonly Endpoint[];
  /** Port of the gateways' admin interface, which says whether they are ready; undefined: it cannot be reached from here. */
  readonly gatewayAdminPort: number | undefined;
  /** Requests of one connection. */
  readonly perConnection: RateLimit;
  /** Requests of all clients together. */
  readonly ofAll: RateLimit;
}

/** Asks gateways whether they take clients. By any Host: probes may. */
const readiness: HealthCheck = {
  timeout: "2s",
  interval: "2s",
  no_traffic_interval: "2s",
  unhealthy_threshold: 2,
  healthy_threshold: 1,
  http_health_check: { path: "/readyz" },
};

/** The bootstrap of Envoy in front of the gateway: TLS, HTTP/2, WebSockets and event streams without an end, limits. */
export function gatewayProxy(proxy: GatewayProxy): Bootstrap {
  const { listen, certificate, redirectFrom, hosts, hsts } = proxy;
  const limits = [rateLimit("connection", proxy.perConnection), rateLimit("all", proxy.ofAll)];
  const listeners = [listener("clients", listen, gatewayRoutes(hosts, hsts), limits, certificate)];
  if (certificate && redirectFrom)
    listeners.push(listener("redirect", redirectFrom, redirectRoutes(hosts, listen.port), []));
  return { ...processOf(proxy), static_resources: { listeners, clusters: [gatewaysOf(proxy)] } };
}

function listener(
  name: string,
  endpoint: Endpoint,
  routes: RouteConfiguration,
  filters: readonly HttpFilter[],
  certificate?: ServerCertificate,
): Listener {
  return {
    name,
    address: addressOf(endpoint),
    // A client that reads slowly costs no more than this.
    per_connection_buffer_limit_bytes: 32 * 1024,
    filter_chains: [
      {
        filters: [connectionManager(name, routes, filters)],
        transport_socket_connect_timeout: "10s",
        ...(certificate && { transport_socket: serverTls(certificate) }),
      },
    ],
  };
}

function connectionManager(name: string, route_config: RouteConfiguration, filters: readonly HttpFilter[]) {
  return extension(
    "envoy.filters.network.http_connection_manager",
    "filters.network.http_connection_manager.v3.HttpConnectionManager",
    {
      stat_prefix: name,
      codec_type: "AUTO",
      route_config,
      http_filters: [...filters, extension("envoy.filters.http.router", "filters.http.router.v3.Router", {})],
      // Whoever connects is the client: what it says of other addresses is not believed by the gateway.
      use_remote_address: true,
      upgrade_configs: [{ upgrade_type: "websocket" }],
      server_header_transformation: "PASS_THROUGH",
      // Names of messages stand in paths: nothing is tidied there.
      normalize_path: false,
      merge_slashes: false,
      path_with_escaped_slashes_action: "KEEP_UNCHANGED",
      // The routes have the time limits of streams that are open; these are of requests that do not arrive.
      stream_idle_timeout: "0s",
      request_headers_timeout: "10s",
      request_timeout: "0s",
      common_http_protocol_options: { idle_timeout: "3600s", headers_with_underscores_action: "REJECT_REQUEST" },
      http2_protocol_options: {
        max_concurrent_streams: 100,
        initial_stream_window_size: 64 * 1024,
        initial_connection_window_size: 1024 * 1024,
        allow_connect: true,
      },
      local_reply_config: problemReplies,
      access_log: [httpAccessLog],
    },
  );
}

function gatewaysOf({ gateways, gatewayAdminPort }: GatewayProxy): Cluster {
  return {
    ...membersOf(gatewayCluster, gateways, gatewayAdminPort),
    lb_policy: "MAGLEV",
    ...(gatewayAdminPort !== undefined && { health_checks: [readiness] }),
    typed_extension_protocol_options: {
      "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": typed("upstreams.http.v3.HttpProtocolOptions", {
        explicit_http_config: { http_protocol_options: {} },
        // Shorter than the gateway keeps connections that nothing happens on: a request never meets one that just ends.
        common_http_protocol_options: { idle_timeout: "3s" },
      }),
    },
    circuit_breakers: {
      thresholds: [{ max_connections: 100_000, max_pending_requests: 10_000, max_requests: 100_000, max_retries: 100 }],
    },
  };
}
