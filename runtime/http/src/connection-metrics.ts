import type { Registry } from "@exosphere/telemetry";
import { plainCounter, plainGauge } from "@exosphere/telemetry";
import type { ConnectionCount } from "./connection-count.ts";

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
