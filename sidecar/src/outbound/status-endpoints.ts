import { type Endpoint, refuse, sendJson } from "@exosphere/http";
import type { Topology } from "@exosphere/proto";
import type { Log } from "@exosphere/telemetry";

/** What the endpoints that tell of the bus need. */
export interface StatusOptions {
  /** The role of this sidecar. The all-in-one has none. */
  readonly role?: string;
  readonly isAttached: () => boolean;
  readonly topology: () => Promise<Topology>;
  readonly log: Log;
}

/** `GET /status` and `GET /config.json`: docs/reference/http-api.md. */
export function statusEndpoints({ role, isAttached, topology, log }: StatusOptions): Endpoint[] {
  return [
    {
      method: "GET",
      path: "/status",
      access: "public",
      handle: (_request, response) => sendJson(response, 200, { role, connected: isAttached() }),
    },
    {
      method: "GET",
      path: "/config.json",
      access: "read",
      handle: (_request, response) => {
        topology().then(
          (found) => sendJson(response, 200, configOf(found)),
          (error: unknown) => refuse(response, error, log),
        );
      },
    },
  ];
}

function configOf({ roles }: Topology) {
  return {
    clients: roles
      .filter(({ instances }) => instances.length > 0)
      .map(({ role, instances }) => ({ role, instances: instances.length })),
    routes: Object.fromEntries(
      roles.map(({ role, sends, receives, translations }) => [role, { sends, receives, translations }]),
    ),
  };
}
