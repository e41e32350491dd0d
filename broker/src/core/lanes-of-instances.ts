import type { OrderingLane } from "./delivery.ts";
import type { Instance } from "./instance.ts";
import { LimitedLanes } from "./limited-lanes.ts";
import { affinityPatienceMs } from "./limits.ts";
import { List } from "./list.ts";
import type { Timer, TimerWheel } from "./timer-wheel.ts";

/** Lanes that wait for one instance alone, as it takes part in their activities. */
interface LanesOfInstance {
  /** Those that nobody else can have: the handlers that wait for what is in them run there. */
  readonly tied: List<OrderingLane>;
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
  /** Those of instances that take no work for now: others may have them. */
  readonly #open = new Set<LanesOfInstance>();
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
    if (lane.only === instance) {
      lane.place = own.tied.push(lane);
      return;
    }
    // It is to be had by nobody else: so its instance takes work again.
    this.#open.delete(own);
    lane.place = own.parked.push(lane);
    lane.parkedAtMs = this.#timers.nowMs;
    if (!own.patience) this.#awaitPatience(own, lane);
  }

  /** Has a lane wait until an instance works on less of a message. */
  limit(lane: OrderingLane, instance: Instance, message: number): void {
    const own = this.#of(instance);
    this.#open.delete(own);
    own.limited.setAside(lane, message);
  }

  /**
   * An instance takes no work for now: others may have the lanes that wait for it. They stay where they are, however many there are, until
   * somebody does: who changes its mind in every frame must not have all of them moved each time.
   */
  letOthers(instance: Instance): void {
    const own = this.get(instance);
    if (own) this.#open.add(own);
  }

  /** An instance takes work again: what waits for it does so for it alone. */
  keep(own: LanesOfInstance): void {
    this.#open.delete(own);
  }

  /** The first lane that waits for an instance that takes no work for now. */
  get firstOpen(): OrderingLane | undefined {
    for (const own of this.#open) {
      const lane = own.limited.first ?? own.parked.first;
      if (lane) return lane;
      this.#open.delete(own);
    }
    return undefined;
  }

  /** Takes those of an instance out: it waits for none of them any more. */
  remove(instance: Instance): OrderingLane[] {
    const own = this.get(instance);
    if (!own) return [];
    this.#byInstance.delete(instance);
    this.#open.delete(own);
    own.patience?.cancel();
    const lanes = own.limited.release(() => Number.POSITIVE_INFINITY);
    for (const list of [own.tied, own.parked])
      for (let lane = list.shift(); lane; lane = list.shift()) lanes.push(lane);
    return lanes;
  }

  #of(instance: Instance): LanesOfInstance {
    let own = this.get(instance);
    if (!own) {
      own = { tied: new List(), parked: new List(), limited: new LimitedLanes(), patience: undefined };
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
