import type { OrderingLane } from "./delivery.ts";
import type { Instance } from "./instance.ts";
import { LimitedLanes } from "./limited-lanes.ts";
import { affinityPatienceMs } from "./limits.ts";
import { List } from "./list.ts";
import type { Timer, TimerWheel } from "./timer-wheel.ts";

/** Lanes that wait for one instance alone, as it takes part in their activities. */
interface LanesOfInstance {
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
  readonly #timers: TimerWheel;
  readonly #onOverdue: (lanes: OrderingLane[]) => void;

  /** `onOverdue` is given the lanes that have waited so long that other instances may take them over, oldest first. */
  constructor(timers: TimerWheel, onOverdue: (lanes: OrderingLane[]) => void) {
    this.#timers = timers;
    this.#onOverdue = onOverdue;
  }

  /** Those of an instance, if there have been any since it attached. */
  get(instance: Instance): LanesOfInstance | undefined {
    return this.#byInstance.size === 0 ? undefined : this.#byInstance.get(instance);
  }

  /** Has a lane wait for an instance's credit. */
  park(lane: OrderingLane, instance: Instance): void {
    const own = this.#of(instance);
    lane.place = own.parked.push(lane);
    lane.parkedAtMs = this.#timers.nowMs;
    if (!own.patience) this.#awaitPatience(own, lane);
  }

  /** Has a lane wait until an instance works on less of a message. */
  limit(lane: OrderingLane, instance: Instance, message: number): void {
    this.#of(instance).limited.setAside(lane, message);
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

  #of(instance: Instance): LanesOfInstance {
    let own = this.get(instance);
    if (!own) {
      own = { parked: new List(), limited: new LimitedLanes(), patience: undefined };
      this.#byInstance.set(instance, own);
    }
    return own;
  }

  /** One timer for an instance: its lanes were parked in the order in which they stand. */
  #awaitPatience(own: LanesOfInstance, { parkedAtMs }: OrderingLane): void {
    own.patience = this.#timers.add(parkedAtMs + affinityPatienceMs, () => this.#letOthers(own));
  }

  /** What waits too long for an instance may be taken over by another. Nothing of such a lane is out, so order is kept. */
  #letOthers(own: LanesOfInstance): void {
    const since = this.#timers.nowMs - affinityPatienceMs;
    const overdue: OrderingLane[] = [];
    let first = own.parked.first;
    for (; first && first.parkedAtMs <= since; first = own.parked.first) {
      own.parked.shift();
      first.isOverdue = true;
      overdue.push(first);
    }
    own.patience = undefined;
    if (first) this.#awaitPatience(own, first);
    this.#onOverdue(overdue);
  }
}
