import type { RoleTopology, Topology } from "@exosphere/proto";
import type { Clock } from "../core/clock.ts";
import type { Exocom } from "../core/exocom.ts";
import type { Role } from "../core/role.ts";

/** The whole bus at this moment, as the contract describes it. */
export function topologyOf(exocom: Exocom, clock: Clock, epoch: string): Topology {
  const roles = [...exocom.roles.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  const now = clock.nowMs();
  return { epoch, revision: exocom.revision, roles: roles.map((role) => roleOf(role, now)) };
}

function roleOf(role: Role, now: number): RoleTopology {
  return {
    role: role.name,
    sends: [...role.route.sends],
    receives: role.route.receives.map(({ name }) => name),
    translations: role.route.translations.map((each) => ({ public: each.public, internal: each.internal })),
    instances: [...role.instances].map((instance) => ({
      instanceId: instance.id,
      agent: instance.agent,
      credit: instance.window,
      inFlight: instance.inFlight,
      attachedMs: Math.round(now - instance.attachedAtMs),
    })),
    waitingMessages: role.backlog.messages,
    waitingBytes: role.backlog.bytes,
  };
}
