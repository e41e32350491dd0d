import type { Instance } from "./instance.ts";

/** The instance with the fewest deliveries in flight among those that take one more, or undefined if none does. */
export function pickInstance(instances: Iterable<Instance>): Instance | undefined {
  let best: Instance | undefined;
  for (const instance of instances) {
    if (instance.hasCapacity && (best === undefined || instance.inFlight < best.inFlight)) best = instance;
  }
  return best;
}
