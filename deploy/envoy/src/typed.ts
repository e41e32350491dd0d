import type { StdoutAccessLog } from "./api/envoy/extensions/access_loggers/stream/v3/stream.ts";
import type { LocalRateLimit } from "./api/envoy/extensions/filters/http/local_ratelimit/v3/local_rate_limit.ts";
import type { Router } from "./api/envoy/extensions/filters/http/router/v3/router.ts";
import type { TlsInspector } from "./api/envoy/extensions/filters/listener/tls_inspector/v3/tls_inspector.ts";
import type { HttpConnectionManager } from "./api/envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.ts";
import type { TcpProxy } from "./api/envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy.ts";
import type { DownstreamConnectionsConfig } from "./api/envoy/extensions/resource_monitors/downstream_connections/v3/downstream_connections.ts";
import type { Secret } from "./api/envoy/extensions/transport_sockets/tls/v3/secret.ts";
import type { DownstreamTlsContext } from "./api/envoy/extensions/transport_sockets/tls/v3/tls.ts";
import type { HttpProtocolOptions } from "./api/envoy/extensions/upstreams/http/v3/http_protocol_options.ts";
import type { Any } from "./json-forms.ts";

/** Messages that stand where Envoy's API allows any, by what follows `envoy.extensions.` in their names. */
export interface Extensions {
  "access_loggers.stream.v3.StdoutAccessLog": StdoutAccessLog;
  "filters.http.local_ratelimit.v3.LocalRateLimit": LocalRateLimit;
  "filters.http.router.v3.Router": Router;
  "filters.listener.tls_inspector.v3.TlsInspector": TlsInspector;
  "filters.network.http_connection_manager.v3.HttpConnectionManager": HttpConnectionManager;
  "filters.network.tcp_proxy.v3.TcpProxy": TcpProxy;
  "resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig": DownstreamConnectionsConfig;
  "transport_sockets.tls.v3.DownstreamTlsContext": DownstreamTlsContext;
  "transport_sockets.tls.v3.Secret": Secret;
  "upstreams.http.v3.HttpProtocolOptions": HttpProtocolOptions;
}

/** The configuration of an extension, with its type beside it. One that the type does not have does not compile. */
export function typed<Name extends keyof Extensions>(name: Name, config: Extensions[Name]): Any {
  return { "@type": `type.googleapis.com/envoy.extensions.${name}`, ...config };
}

/** What every extension looks like: its name, and its configuration. */
export function extension<Name extends keyof Extensions>(
  name: string,
  type: Name,
  config: Extensions[Name],
): { readonly name: string; readonly typed_config: Any } {
  return { name, typed_config: typed(type, config) };
}
