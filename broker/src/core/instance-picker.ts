import type { ActivityAffinity } from "./activity-affinity.ts";
import type { Copy } from "./copy.ts";
import type { Instance } from "./instance.ts";
import type { Lane } from "./lane.ts";
import type { Role } from "./role.ts";

/** Who there is to choose from. */
export interface Choice {
  readonly role: Role;
  readonly affinity: ActivityAffinity;
}

/**
 * The instance that is to have the next copy of a lane: the one that the lane belongs to, whether or not it takes one more;
 * else one that does; undefined if there is none.
 */
export function chooseInstance({ role, affinity }: Choice, lane: Lane, copy: Copy): Instance | undefined {
  if (lane.only?.isAttached) return lane.only;
  const { instances } = role;
  const message = copy.subscription.number;
  if (instances.size <= 1) {
    for (const one of instances) return one.hasCapacity && one.roomFor(message) > 0 ? one : undefined;
    return undefined;
  }
  const bound = affinity.get(lane.activity, role);
  return bound && bound.window > 0 ? bound : pickInstance(instances, message);
}

/** Whether it is only for the `concurrency` of its message that no instance takes a copy. */
export function isLimited(role: Role, { subscription }: Copy): boolean {
  if (!role.concurrency.has(subscription.number)) return false;
  for (const instance of role.instances) if (instance.hasCapacity) return true;
  return false;
}

/**
 * The instance with the fewest deliveries in flight among those that take one more of the message with this number, or
 * undefined if none does.
 */
function pickInstance(instances: Iterable<Instance>, message: number): Instance | undefined {
  let best: Instance | undefined;
  for (const instance of instances) {
    if (!instance.hasCapacity || (best && instance.inFlight >= best.inFlight)) continue;
    if (instance.roomFor(message) > 0) best = instance;
  }
  return best;
}
