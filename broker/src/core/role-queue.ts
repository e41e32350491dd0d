import type { ActivityAffinity } from "./activity-affinity.ts";
import type { Copy } from "./copy.ts";
import type { Instance } from "./instance.ts";
import { chooseInstance, isLimited } from "./instance-picker.ts";
import { Lane } from "./lane.ts";
import { LaneTable } from "./lane-table.ts";
import { LimitedLanes } from "./limited-lanes.ts";
import { affinityPatienceMs, type Limits } from "./limits.ts";
import { List } from "./list.ts";
import type { Role } from "./role.ts";
import type { TimerWheel } from "./timer-wheel.ts";

/** What a queue needs from the house around it. */
export interface RoleQueueOptions {
  readonly role: Role;
  readonly affinity: ActivityAffinity;
  readonly timers: TimerWheel;
  readonly limits: Limits;
  /** A copy's deadline passed while it waited. The queue has let go of it. */
  readonly onExpired: (copy: Copy) => void;
}

/**
 * What waits for the instances of one role: a lane for each activity, in the order in which they became ready. A copy is
 * bound to an instance only when that instance has credit, so a slow or absent one holds no work of others.
 */
export class RoleQueue {
  readonly #options: RoleQueueOptions;
  readonly #lanes = new LaneTable();
  /** Lanes in which anything waits. */
  readonly #occupied = new Set<Lane>();
  /** Lanes whose next copy may leave as soon as an instance takes it. */
  readonly #ready = new List<Lane>();
  /** Lanes that belong to no instance, and whose next message every instance works on often enough. */
  readonly #limited = new LimitedLanes();
  /** Copies that wait. */
  messages = 0;
  /** What they count for, in bytes. */
  bytes = 0;

  constructor(options: RoleQueueOptions) {
    this.#options = options;
  }

  /** Activities of which something waits or is with an instance. */
  get lanes(): number {
    return this.#lanes.size;
  }

  /**
   * How long ago the oldest copy that waits was accepted, in milliseconds; 0 if none waits. Looks at every lane in which
   * anything waits, as nothing is kept for it while messages come and go: for who asks now and then.
   */
  get oldestWaitMs(): number {
    const { nowMs } = this.#options.timers;
    let oldestMs = nowMs;
    for (const { waiting } of this.#occupied) {
      const { message } = waiting.first as Copy;
      if (message.acceptedAtMs < oldestMs) oldestMs = message.acceptedAtMs;
    }
    return nowMs - oldestMs;
  }

  /** Whether there is room for one more to wait. */
  canHold({ bytes }: Copy): boolean {
    const { maxQueueMessages, maxQueueBytes } = this.#options.limits;
    return this.messages < maxQueueMessages && this.bytes + bytes <= maxQueueBytes;
  }

  /** Takes a copy in, or hands it to an instance at once. False if the queue is full. */
  offer(copy: Copy): boolean {
    const { memory } = this.#options.role;
    if (!memory.hasRoom(copy.bytes)) return false;
    const lane = this.#laneFor(copy);
    copy.lane = lane;
    if (lane.isEmpty && this.#ready.size === 0) {
      const instance = chooseInstance(this.#options, lane, copy);
      if (instance?.hasCapacity && hasRoom(instance, lane, copy)) {
        copy.holdIn(memory);
        this.#bind(lane, copy, instance);
        return true;
      }
    }
    if (!this.canHold(copy)) {
      this.#dropIfEmpty(lane);
      return false;
    }
    copy.holdIn(memory);
    this.#enqueue(lane, copy, "last");
    this.dispatch();
    return true;
  }

  /** Takes a copy back that was bound: it is the next of its lane again, though not before `notBeforeMs`. */
  takeBack(copy: Copy, notBeforeMs = 0): void {
    copy.holdIn(this.#options.role.memory);
    const lane = copy.lane ?? this.#laneFor(copy);
    copy.lane = lane;
    if (lane.busy === copy) lane.busy = undefined;
    this.#enqueue(lane, copy, "first");
    if (notBeforeMs > 0) this.#hold(lane, copy, notBeforeMs);
  }

  /** A bound copy has ended: the next of its lane may leave. */
  ended(copy: Copy): void {
    const { lane } = copy;
    if (lane?.busy !== copy) return;
    lane.busy = undefined;
    if (lane.waiting.size === 0) this.#dropIfEmpty(lane);
    else this.#makeReady(lane);
  }

  /** Binds what can be bound. Called whenever an instance has capacity that it had not before. */
  dispatch(): void {
    for (let lane = this.#ready.first; lane; lane = this.#ready.first) {
      const copy = lane.waiting.first as Copy;
      const instance = chooseInstance(this.#options, lane, copy);
      if (!instance && !isLimited(this.#options.role, copy)) return;
      lane.place?.remove();
      lane.place = undefined;
      this.#giveNext(lane, copy, instance);
    }
  }

  /** An instance has capacity: first what waits for it alone, then the rest. */
  dispatchTo(instance: Instance): void {
    while (instance.hasCapacity) {
      const lane = instance.parked.shift();
      if (!lane) break;
      lane.place = undefined;
      this.#giveNext(lane, lane.waiting.first as Copy, instance);
    }
    const areLimited = !instance.limited.isEmpty || !this.#limited.isEmpty;
    if (areLimited && instance.hasCapacity) this.#releaseLimited(instance, (message) => instance.roomFor(message));
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

  /** An instance left, or takes no work for now: what waited for it alone may go elsewhere. */
  unpark(instance: Instance): void {
    instance.patience?.cancel();
    instance.patience = undefined;
    const lanes = instance.limited.release(() => Number.POSITIVE_INFINITY);
    for (let lane = instance.parked.shift(); lane; lane = instance.parked.shift()) lanes.push(lane);
    this.#makeAllReady(lanes);
  }

  /** Takes out every waiting copy that `isUnwanted` names. */
  removeWaiting(isUnwanted: (copy: Copy) => boolean): Copy[] {
    const removed: Copy[] = [];
    for (const lane of this.#occupied) {
      for (const node of lane.waiting.nodes()) if (isUnwanted(node.value)) removed.push(node.value);
    }
    for (const copy of removed) this.#leave(copy);
    return removed;
  }

  #laneFor(copy: Copy): Lane {
    const { message } = copy;
    if (!copy.subscription.isOrdered) return new Lane(message);
    const lane = this.#lanes.get(message);
    if (!lane) return this.#lanes.add(new Lane(message), message);
    // The handler at the head of the lane waits for this very message: behind it, both would wait for ever.
    if (lane.busy?.instance && copy.isAwaitedBy(lane.busy)) return new Lane(message, lane.busy.instance);
    return lane;
  }

  /** Gives the next copy of a lane to the instance that is to have it, or has the lane wait for what is lacking. */
  #giveNext(lane: Lane, copy: Copy, instance: Instance | undefined): void {
    const { number } = copy.subscription;
    if (!instance) this.#limited.setAside(lane, number);
    else if (!instance.hasCapacity) this.#park(lane, instance);
    else if (hasRoom(instance, lane, copy)) this.#bindNext(lane, copy, instance);
    else instance.limited.setAside(lane, number);
  }

  #park(lane: Lane, instance: Instance): void {
    lane.place = instance.parked.push(lane);
    lane.parkedAtMs = this.#options.timers.nowMs;
    if (!instance.patience) this.#awaitPatience(instance, lane);
  }

  /** One timer for an instance: its lanes were parked in the order in which they stand. */
  #awaitPatience(instance: Instance, first: Lane): void {
    instance.patience = this.#options.timers.add(first.parkedAtMs + affinityPatienceMs, () =>
      this.#letOthers(instance),
    );
  }

  /** What waits too long for an instance may be taken over by another. Nothing of such a lane is out, so order is kept. */
  #letOthers(instance: Instance): void {
    const since = this.#options.timers.nowMs - affinityPatienceMs;
    const overdue: Lane[] = [];
    let first = instance.parked.first;
    for (; first && first.parkedAtMs <= since; first = instance.parked.first) {
      instance.parked.shift();
      first.isOverdue = true;
      overdue.push(first);
    }
    instance.patience = undefined;
    if (first) this.#awaitPatience(instance, first);
    this.#makeAllReady(overdue);
    this.dispatch();
  }

  /** Backwards and to the front: they were the first in their order when they were parked. */
  #makeAllReady(lanes: Lane[]): void {
    for (const lane of lanes.reverse()) {
      lane.place = undefined;
      this.#makeReady(lane, "first");
    }
  }

  #releaseLimited(instance: Instance, roomFor: (message: number) => number): void {
    for (const lane of instance.limited.release(roomFor)) this.#makeReady(lane);
    for (const lane of this.#limited.release(roomFor)) this.#makeReady(lane);
  }

  #enqueue(lane: Lane, copy: Copy, end: "first" | "last"): void {
    copy.ownBytes();
    // Another message is the next of the lane then.
    if (end === "first" && lane.isLimited) this.#withdraw(lane);
    const place = end === "first" ? lane.waiting.unshift(copy) : lane.waiting.push(copy);
    const deadline = this.#options.timers.add(copy.expiresAtMs, () => this.#expire(copy));
    copy.wait = { place, deadline };
    this.#occupied.add(lane);
    this.messages += 1;
    this.bytes += copy.bytes;
    this.#makeReady(lane, end);
  }

  #makeReady(lane: Lane, end: "first" | "last" = "last"): void {
    if (lane.busy || lane.place || lane.hold || lane.waiting.size === 0) return;
    lane.place = end === "first" ? this.#ready.unshift(lane) : this.#ready.push(lane);
  }

  #hold(lane: Lane, copy: Copy, untilMs: number): void {
    lane.place?.remove();
    lane.place = undefined;
    lane.hold?.timer.cancel();
    const timer = this.#options.timers.add(untilMs, () => {
      lane.hold = undefined;
      this.#makeReady(lane);
      this.dispatch();
    });
    lane.hold = { copy, timer };
  }

  #bindNext(lane: Lane, copy: Copy, instance: Instance): void {
    this.#unqueue(copy);
    this.#bind(lane, copy, instance);
  }

  #bind(lane: Lane, copy: Copy, instance: Instance): void {
    lane.busy = copy;
    lane.isOverdue = false;
    const { role, affinity } = this.#options;
    if (role.instances.size > 1) affinity.touch(copy.message.activity, instance);
    copy.request?.copyLeftQueue();
    instance.take(copy);
  }

  #expire(copy: Copy): void {
    this.#leave(copy);
    this.#options.onExpired(copy);
  }

  /** A waiting copy leaves without having been bound. */
  #leave(copy: Copy): void {
    this.#unqueue(copy);
    const { lane } = copy;
    if (!lane) return;
    if (lane.hold?.copy === copy) {
      lane.hold.timer.cancel();
      lane.hold = undefined;
      this.#makeReady(lane);
    }
    if (lane.waiting.size === 0 || lane.isLimited) this.#withdraw(lane);
    if (lane.waiting.size === 0) this.#dropIfEmpty(lane);
    else this.#makeReady(lane);
  }

  #withdraw(lane: Lane): void {
    lane.place?.remove();
    lane.place = undefined;
    lane.isLimited = false;
  }

  #unqueue(copy: Copy): void {
    copy.wait?.place.remove();
    copy.wait?.deadline.cancel();
    copy.wait = undefined;
    if (copy.lane?.waiting.size === 0) this.#occupied.delete(copy.lane);
    this.messages -= 1;
    this.bytes -= copy.bytes;
  }

  #dropIfEmpty(lane: Lane): void {
    if (lane.isEmpty) this.#lanes.delete(lane);
  }
}

/** Whether the instance may work on one more of this message. One that its own handler waits for is part of that work. */
function hasRoom(instance: Instance, lane: Lane, copy: Copy): boolean {
  return lane.only === instance || instance.roomFor(copy.subscription.number) > 0;
}
