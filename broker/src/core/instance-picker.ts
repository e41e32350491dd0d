import type { ActivityAffinity } from "./activity-affinity.ts";
import type { Delivery, OrderingLane } from "./delivery.ts";
import type { Instance, ServedRole } from "./instance.ts";
import { declineMemoryMs } from "./limits.ts";
import type { TimerWheel } from "./timer-wheel.ts";

/** Who there is to choose from. */
export interface Choice {
  readonly role: ServedRole;
  readonly affinity: ActivityAffinity;
  readonly timers: TimerWheel;
}

/**
 * The instance that is to have the next delivery of a lane: the one that the lane belongs to, whether or not it takes one more;
 * else one that does; undefined if there is none. What an instance did not take goes to another if one has room, and the
 * activity with it.
 */
export function chooseInstance(
  { role, affinity, timers }: Choice,
  lane: OrderingLane,
  delivery: Delivery,
): Instance | undefined {
  const { instances } = role;
  if (lane.only) for (const one of instances) if (one === lane.only) return one;
  const message = delivery.subscription.number;
  if (instances.size <= 1) {
    for (const one of instances) return one.hasCapacity && one.roomFor(message) > 0 ? one : undefined;
    return undefined;
  }
  // It waits although it was given out: it was not taken.
  if (delivery.attempt > 0) return pickForRetry(instances, message);
  const bound = affinity.get(delivery.message.activity, role);
  if (bound && bound.window > 0 && !bound.isSetAside && (bound.hasCapacity || !lane.isOverdue)) return bound;
  return pickInstance(instances, message, timers);
}

/** Whether the instance may work on one more of this message. One that its own handler waits for is part of that work. */
export function hasRoom(instance: Instance, lane: OrderingLane, delivery: Delivery): boolean {
  return lane.only === instance || instance.roomFor(delivery.subscription.number) > 0;
}

/** Whether it is only for the `concurrency` of its message that no instance takes a delivery. */
export function isLimited(role: ServedRole, { subscription }: Delivery): boolean {
  if (!role.concurrency.has(subscription.number)) return false;
  for (const instance of role.instances) if (instance.hasCapacity) return true;
  return false;
}

/**
 * The instance with the fewest deliveries in flight, of equals the least recently used, among those that take one more of the
 * message with this number, or undefined if none does. One whose app has just not taken a delivery comes last.
 */
function pickInstance(instances: Iterable<Instance>, message: number, timers: TimerWheel): Instance | undefined {
  let best: Instance | undefined;
  let reluctant: Instance | undefined;
  for (const instance of instances) {
    if (!instance.hasCapacity || (best && leastLoaded(best, instance) === best)) continue;
    if (instance.roomFor(message) <= 0) continue;
    if (hasJustDeclined(instance, timers)) reluctant = leastLoaded(reluctant, instance);
    else best = instance;
  }
  return best ?? reluctant;
}

/** The one that takes one more and whose app declined longest ago: so each instance gets its turn before one gets a second. */
function pickForRetry(instances: Iterable<Instance>, message: number): Instance | undefined {
  let best: Instance | undefined;
  for (const instance of instances) {
    if (!instance.hasCapacity || instance.roomFor(message) <= 0) continue;
    if (!best || instance.declinedAtMs < best.declinedAtMs) best = instance;
    else if (instance.declinedAtMs === best.declinedAtMs) best = leastLoaded(best, instance);
  }
  return best;
}

function hasJustDeclined({ declinedAtMs }: Instance, timers: TimerWheel): boolean {
  // Most have never declined: for them the time need not be read.
  return declinedAtMs !== Number.NEGATIVE_INFINITY && timers.nowMs - declinedAtMs < declineMemoryMs;
}

/** The one with the fewest in flight; of equals the least recently used, so that they take turns where one message follows another. */
function leastLoaded(one: Instance | undefined, other: Instance): Instance {
  if (!one) return other;
  if (one.inFlight !== other.inFlight) return one.inFlight < other.inFlight ? one : other;
  return one.lastTaken <= other.lastTaken ? one : other;
}
