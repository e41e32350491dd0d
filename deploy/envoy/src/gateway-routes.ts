import type { RouteConfiguration } from "./api/envoy/config/route/v3/route.ts";
import type { Route, RouteAction, RouteMatch } from "./api/envoy/config/route/v3/route_components.ts";

/** Name of the cluster of gateways. */
export const gatewayCluster = "gateway";

/** How long any call may take. The gateway ends each at its own deadline; this ends those of a gateway that hangs. */
const longestCall = "900s";

/** A client always meets the same of several gateways, as each has the sessions of its own clients. */
const hash_policy: RouteAction["hash_policy"] = [{ connection_properties: { source_ip: true } }];

/** Nothing was sent yet when these happen, so that the call may be made again: a gateway that restarts is not noticed. */
const retry_policy: RouteAction["retry_policy"] = {
  retry_on: "connect-failure,refused-stream",
  num_retries: 3,
  retry_back_off: { base_interval: "0.1s", max_interval: "1s" },
};

/** Where requests for the gateway go. `hosts` are the names by which clients call it, `hsts` what browsers are told about TLS. */
export function gatewayRoutes(hosts: readonly string[], hsts: string | undefined): RouteConfiguration {
  return {
    name: "gateway",
    virtual_hosts: [
      {
        name: "gateway",
        domains: hosts.flatMap((host) => (host === "*" ? [host] : [host, `${host}:*`])),
        // A WebSocket is asked for at `/` as well. It has no end, and neither has an event stream: no time limits there.
        routes: [
          endless("socket", { path: "/v1/socket" }),
          endless("socket-at-root", { path: "/" }),
          endless("events", { path: "/v1/events" }),
          call("calls", { prefix: "/" }),
        ],
      },
    ],
    // What only proxies say: clients do not.
    request_headers_to_remove: ["forwarded", "x-forwarded-host", "x-forwarded-port"],
    ...(hsts !== undefined && {
      response_headers_to_add: [
        { header: { key: "strict-transport-security", value: hsts }, append_action: "OVERWRITE_IF_EXISTS_OR_ADD" },
      ],
    }),
  };
}

/** Sends who comes by plain HTTP to where TLS is. */
export function redirectRoutes(hosts: readonly string[], port: number): RouteConfiguration {
  const redirect = {
    https_redirect: true,
    ...(port !== 443 && { port_redirect: port }),
    response_code: "PERMANENT_REDIRECT",
  } as const;
  return {
    name: "redirect",
    virtual_hosts: [
      {
        name: "redirect",
        domains: hosts.flatMap((host) => (host === "*" ? [host] : [host, `${host}:*`])),
        routes: [{ name: "redirect", match: { prefix: "/" }, redirect }],
      },
    ],
  };
}

function endless(name: string, match: RouteMatch): Route {
  const route = { cluster: gatewayCluster, timeout: "0s", idle_timeout: "0s", hash_policy, retry_policy } as const;
  return { name, match, route };
}

function call(name: string, match: RouteMatch): Route {
  const route = {
    cluster: gatewayCluster,
    timeout: longestCall,
    idle_timeout: longestCall,
    hash_policy,
    retry_policy,
  } as const;
  return { name, match, route };
}
