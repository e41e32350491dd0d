import { addressOf } from "./addresses.ts";
import type { Bootstrap } from "./api/envoy/config/bootstrap/v3/bootstrap.ts";
import { extension } from "./typed.ts";

/** What every Envoy here has, whatever it is for. */
export interface ProxyProcess {
  /** Name of this kind of Envoy, in its logs and metrics. */
  readonly name: string;
  /** Port of Envoy's own admin interface, on loopback: it has no protection of its own. */
  readonly adminPort: number;
  /** Connections at once; more are closed as they come. */
  readonly maxConnections: number;
}

/** Who this Envoy is, its admin interface, and how many connections it takes at once. */
export function processOf({ name, adminPort, maxConnections }: ProxyProcess): Bootstrap {
  return {
    node: { id: name, cluster: "exosphere" },
    admin: { address: addressOf({ host: "127.0.0.1", port: adminPort }) },
    overload_manager: {
      refresh_interval: "0.25s",
      resource_monitors: [
        extension(
          "envoy.resource_monitors.global_downstream_max_connections",
          "resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig",
          { max_active_downstream_connections: maxConnections },
        ),
      ],
    },
  };
}
