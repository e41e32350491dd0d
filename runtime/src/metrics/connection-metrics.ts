import type { ConnectionCount } from "../http/connection-count.ts";
import { plainCounter, plainGauge } from "./plain-metric.ts";
import type { Registry } from "./registry.ts";

/** Registers the connections of a server: `<prefix>_connections` and `<prefix>_connections_refused_total`. `what` is for people. */
export function registerConnections(registry: Registry, prefix: string, what: string, count: ConnectionCount): void {
  plainGauge({
    registry,
    name: `${prefix}_connections`,
    help: `Open connections of ${what}.`,
    labelNames: [],
    collect: () => [{ labels: {}, value: count.open }],
  });
  plainCounter({
    registry,
    name: `${prefix}_connections_refused_total`,
    help: `Connections of ${what} that were closed at once, as there were too many.`,
    labelNames: [],
    collect: () => [{ labels: {}, value: count.refused }],
  });
}
