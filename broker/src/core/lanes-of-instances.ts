import type { OrderingLane } from "./delivery.ts";
import type { Instance } from "./instance.ts";
import { LimitedLanes } from "./limited-lanes.ts";
import { List } from "./list.ts";
import type { Timer } from "./timer-wheel.ts";

/** Lanes that wait for one instance alone, as it takes part in their activities. */
export interface LanesOfInstance {
  /** Those that wait for its credit, oldest first. */
  readonly parked: List<OrderingLane>;
  /** Those that wait until it works on less of their next message. */
  readonly limited: LimitedLanes;
  /** Runs when the first of the parked has waited long enough. */
  patience: Timer | undefined;
}

/** The lanes that wait for one instance alone, by instance. Empty in a role whose instances keep up. */
export class LanesOfInstances {
  readonly #byInstance = new Map<Instance, LanesOfInstance>();

  /** Those of an instance, if there have been any since it attached. */
  get(instance: Instance): LanesOfInstance | undefined {
    return this.#byInstance.size === 0 ? undefined : this.#byInstance.get(instance);
  }

  /** Those of an instance, to which some are added. */
  of(instance: Instance): LanesOfInstance {
    let lanes = this.get(instance);
    if (!lanes) {
      lanes = { parked: new List(), limited: new LimitedLanes(), patience: undefined };
      this.#byInstance.set(instance, lanes);
    }
    return lanes;
  }

  *parkedFor(instance: Instance): Generator<OrderingLane> {
    for (const { value } of this.get(instance)?.parked.nodes() ?? []) yield value;
  }

  /** Takes those of an instance out: it waits for none of them any more. */
  remove(instance: Instance): OrderingLane[] {
    const own = this.get(instance);
    if (!own) return [];
    this.#byInstance.delete(instance);
    own.patience?.cancel();
    const lanes = own.limited.release(() => Number.POSITIVE_INFINITY);
    for (let lane = own.parked.shift(); lane; lane = own.parked.shift()) lanes.push(lane);
    return lanes;
  }
}
