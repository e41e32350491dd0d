import type { ActivityAffinity } from "./activity-affinity.ts";
import type { Backlog } from "./backlog.ts";
import type { Delivery, OrderingLane } from "./delivery.ts";
import type { Instance, ServedRole } from "./instance.ts";
import { chooseInstance, hasRoom, isLimited } from "./instance-picker.ts";
import { Lane } from "./lane.ts";
import { LanesOfInstances } from "./lanes-of-instances.ts";
import { LimitedLanes } from "./limited-lanes.ts";
import { List } from "./list.ts";
import type { TimerWheel } from "./timer-wheel.ts";

/** Dependencies of a dispatcher. */
export interface DispatcherOptions {
  readonly role: ServedRole;
  readonly backlog: Backlog;
  readonly affinity: ActivityAffinity;
  readonly timers: TimerWheel;
}

/**
 * Gives what waits for one role to its instances: lane by lane, in the order in which the lanes became ready. A delivery is
 * bound to an instance only when that instance has credit, so a slow or absent one holds no work of others. A lane that has
 * anything to give is ready, or waits for its instance, or for a limit of its next message, or until a retry is due.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #backlog: Backlog;
  /** Lanes whose next delivery may leave as soon as an instance takes it. */
  readonly #ready = new List<OrderingLane>();
  /** Lanes that belong to no instance, and whose next message every instance works on often enough. */
  readonly #limited = new LimitedLanes();
  /** Lanes that wait for one instance alone. */
  readonly #ofInstances: LanesOfInstances;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.#backlog = options.backlog;
    this.#ofInstances = new LanesOfInstances(options.timers, (overdue) => {
      this.#makeAllReady(overdue);
      this.dispatch();
    });
  }

  /** Lanes whose activity an instance takes part in, and which wait for its credit. */
  *lanesWaitingFor(instance: Instance): Generator<OrderingLane> {
    const { tied, parked } = this.#ofInstances.get(instance) ?? {};
    for (const list of [tied, parked]) for (const { value } of list?.nodes() ?? []) yield value;
  }

  /** Takes a delivery in, or hands it to an instance at once. False if there is no room for it. */
  offer(delivery: Delivery): boolean {
    const { memory } = this.#options.role;
    if (!memory.hasRoom(delivery.bytes)) return false;
    const lane = this.#laneFor(delivery);
    if (lane.isEmpty && this.#next === undefined) {
      const instance = chooseInstance(this.#options, lane, delivery);
      if (instance?.hasCapacity && hasRoom(instance, lane, delivery)) {
        delivery.countIn(memory);
        delivery.enter(lane);
        this.#bind(lane, delivery, instance);
        return true;
      }
    }
    if (!this.#backlog.hasRoom(delivery)) {
      this.#backlog.release(lane);
      return false;
    }
    delivery.countIn(memory);
    this.#enqueue(lane, delivery, "last");
    this.dispatch();
    return true;
  }

  /** An instance has not seen a delivery that it was given. Another may get it: what made it the one for the activity is undone. */
  unseen({ message }: Delivery, instance: Instance): void {
    const { role, affinity } = this.#options;
    if (role.instances.size > 1) affinity.forgetGiven(message.activity, instance, message.number);
  }

  /** Takes a delivery back that was bound: it is the next of its lane again, though not before `notBeforeMs`. */
  takeBack(delivery: Delivery, notBeforeMs = 0): void {
    delivery.countIn(this.#options.role.memory);
    const lane = delivery.lane ?? this.#laneFor(delivery);
    if (lane.head === delivery) lane.head = undefined;
    this.#enqueue(lane, delivery, "first");
    if (notBeforeMs > 0) this.#hold(lane, delivery, notBeforeMs);
  }

  /** A bound delivery has ended: the next of its lane may leave. */
  ended(delivery: Delivery): void {
    const { lane } = delivery;
    if (lane?.head !== delivery) return;
    lane.head = undefined;
    if (lane.waiting.size === 0) this.#backlog.release(lane);
    else this.#makeReady(lane);
  }

  /** Takes a delivery out that waits. */
  remove(delivery: Delivery): void {
    this.#backlog.remove(delivery);
    const { lane } = delivery;
    if (!lane) return;
    if (lane.hold?.delivery === delivery) {
      lane.hold.timer.cancel();
      lane.hold = undefined;
      this.#makeReady(lane);
    }
    if (lane.waiting.size === 0 || lane.isLimited) lane.leavePlace();
    if (lane.waiting.size === 0) this.#backlog.release(lane);
    else this.#makeReady(lane);
  }

  /** Lets a waiting delivery leave from now on: it was committed, or its body was loaded. For backlogs on disk. */
  letLeave({ lane }: Delivery): void {
    if (lane) this.#makeReady(lane, "first");
    this.dispatch();
  }

  /** Takes out every waiting delivery that `isUnwanted` names. */
  removeAll(isUnwanted: (delivery: Delivery) => boolean): Delivery[] {
    const removed = [...this.#backlog.waiting()].filter(isUnwanted);
    for (const delivery of removed) this.remove(delivery);
    return removed;
  }

  /** Binds what can be bound. Called whenever an instance has capacity that it had not before. */
  dispatch(): void {
    for (let lane = this.#next; lane; lane = this.#next) {
      const delivery = lane.waiting.first as Delivery;
      // A lane whose next delivery has become cold stands aside until that is loaded.
      if (!delivery.mayLeave) {
        lane.leavePlace();
        continue;
      }
      const instance = chooseInstance(this.#options, lane, delivery);
      if (!instance && !isLimited(this.#options.role, delivery)) return;
      lane.leavePlace();
      this.#giveNext(lane, delivery, instance);
    }
  }

  /** An instance has capacity: first what waits for it alone, then the rest. */
  dispatchTo(instance: Instance): void {
    this.#giveOwn(instance);
    this.dispatch();
  }

  /** The same for several. */
  dispatchToAll(instances: readonly Instance[]): void {
    for (const instance of instances) this.#giveOwn(instance);
    this.dispatch();
  }

  /** Other messages are limited than before: whatever waited for that looks again. */
  limitsChanged(): void {
    for (const instance of this.#options.role.instances) {
      instance.limitsChanged();
      this.#releaseLimited(instance, () => Number.POSITIVE_INFINITY);
    }
    this.dispatch();
  }

  /** An instance takes no work for now: what waited for it alone may go elsewhere. */
  letOthers(instance: Instance): void {
    this.#ofInstances.letOthers(instance);
  }

  /** An instance left: what waited for it alone goes elsewhere. */
  unpark(instance: Instance): void {
    this.#makeAllReady(this.#ofInstances.remove(instance));
  }

  /** The lane whose turn is next. Those of instances that take no work now were in line before. */
  get #next(): OrderingLane | undefined {
    return this.#ofInstances.firstOpen ?? this.#ready.first;
  }

  #giveOwn(instance: Instance): void {
    const own = this.#ofInstances.get(instance);
    if (own) {
      if (instance.window > 0 && !instance.isSetAside) this.#ofInstances.keep(own);
      while (instance.hasCapacity) {
        const lane = own.tied.shift() ?? own.parked.shift();
        if (!lane) break;
        lane.place = undefined;
        const delivery = lane.waiting.first as Delivery;
        if (delivery.mayLeave) this.#giveNext(lane, delivery, instance);
      }
    }
    const areLimited = (own !== undefined && !own.limited.isEmpty) || !this.#limited.isEmpty;
    if (areLimited && instance.hasCapacity) this.#releaseLimited(instance, (message) => instance.roomFor(message));
  }

  #laneFor(delivery: Delivery): OrderingLane {
    const lane = this.#backlog.laneOf(delivery);
    const { head } = lane;
    // The handler of the head waits for this very message: behind it, both would wait for ever.
    return head?.holder && delivery.isAwaitedBy(head) ? new Lane<Delivery>(delivery.message, head.holder) : lane;
  }

  /** Gives the next delivery of a lane to the instance that is to have it, or has the lane wait for what is lacking. */
  #giveNext(lane: OrderingLane, delivery: Delivery, instance: Instance | undefined): void {
    const { number } = delivery.subscription;
    if (!instance) this.#limited.setAside(lane, number);
    else if (!instance.hasCapacity) this.#ofInstances.park(lane, instance);
    else if (!hasRoom(instance, lane, delivery)) this.#ofInstances.limit(lane, instance, number);
    else {
      this.#backlog.remove(delivery);
      this.#bind(lane, delivery, instance);
    }
  }

  #bind(lane: OrderingLane, delivery: Delivery, instance: Instance): void {
    lane.head = delivery;
    lane.isOverdue = false;
    const { role, affinity } = this.#options;
    if (role.instances.size > 1) affinity.touch(delivery.message.activity, instance, delivery.message.number);
    delivery.request?.deliveryBound();
    instance.take(delivery);
  }

  /** Backwards and to the front: they were the first in their order when they were parked. */
  #makeAllReady(lanes: OrderingLane[]): void {
    for (const lane of lanes.reverse()) {
      lane.place = undefined;
      this.#makeReady(lane, "first");
    }
  }

  #releaseLimited(instance: Instance, roomFor: (message: number) => number): void {
    for (const lane of this.#ofInstances.get(instance)?.limited.release(roomFor) ?? []) this.#makeReady(lane);
    for (const lane of this.#limited.release(roomFor)) this.#makeReady(lane);
  }

  #enqueue(lane: OrderingLane, delivery: Delivery, end: "first" | "last"): void {
    // Another message is the next of the lane then.
    if (end === "first" && lane.isLimited) lane.leavePlace();
    this.#backlog.add(delivery, lane, end);
    this.#makeReady(lane, end);
  }

  #makeReady(lane: OrderingLane, end: "first" | "last" = "last"): void {
    if (lane.head || lane.place || lane.hold || !lane.waiting.first?.mayLeave) return;
    lane.place = end === "first" ? this.#ready.unshift(lane) : this.#ready.push(lane);
  }

  #hold(lane: OrderingLane, delivery: Delivery, untilMs: number): void {
    lane.leavePlace();
    lane.hold?.timer.cancel();
    const timer = this.#options.timers.add(untilMs, () => {
      lane.hold = undefined;
      this.#makeReady(lane);
      this.dispatch();
    });
    lane.hold = { delivery, timer };
  }
}
