import assert from "node:assert/strict";
import type { OrderingLane } from "../delivery.ts";
import type { Instance } from "../instance.ts";
import { affinityPatienceMs } from "../limits.ts";
import type { Role } from "../role.ts";

/** A timer of the core runs at most so late, in milliseconds: two slots of its wheel. */
const latenessMs = 32;

/** Nothing waits longer for an instance without room than that instance is waited for. */
export function checkPatience({ instances, dispatcher }: Role, nowMs: number): void {
  for (const instance of instances) {
    for (const { parkedAtMs } of dispatcher.lanesWaitingFor(instance))
      assert.ok(nowMs - parkedAtMs <= affinityPatienceMs + latenessMs);
  }
}

/** Whoever has room has work, unless all that waits belongs to others, is behind what is out, or is held by a retry. */
export function checkNothingIdles({ instances, dispatcher }: Role): void {
  const parked = new Set<OrderingLane>();
  for (const instance of instances) {
    if (!instance.hasCapacity) for (const lane of dispatcher.lanesWaitingFor(instance)) parked.add(lane);
  }
  const free = [...instances].filter((instance) => instance.hasCapacity);
  dispatcher.removeAll(({ lane }) => {
    if (free.length === 0 || !lane || lane.head || lane.hold || parked.has(lane)) return false;
    const next = lane.waiting.first?.subscription.number ?? 0;
    assert.ok(lane.isLimited, "it waits for something");
    // What belongs to an instance without room waits for that one, even if another has room.
    assert.ok([...instances].some((instance) => instance.roomFor(next) <= 0));
    return false;
  });
}

/** What waits is in the state of waiting, and what an instance has is bound to that one. */
export function checkStates({ instances, backlog }: Role): void {
  for (const delivery of backlog.waiting()) assert.deepEqual([delivery.state, delivery.holder], ["waiting", undefined]);
  for (const instance of instances) {
    for (const delivery of instance.deliveries.values()) {
      assert.equal(delivery.state, "bound");
      assert.equal(delivery.holder, instance);
    }
  }
}

/** No instance works on more of a message than its role wants; what was out when the routes changed may be more. */
export function checkConcurrency(role: Role, instance: Instance): void {
  for (const [number] of role.concurrency) {
    const out = [...instance.deliveries.values()].filter(
      (delivery) => delivery.answers === 0 && delivery.subscription.number === number,
    );
    const limit = role.concurrency.get(number) ?? 0;
    assert.equal(instance.roomFor(number), limit - out.length);
    if (out.every(({ subscription }) => role.subscriptions.get(subscription.publicName) === subscription)) {
      assert.ok(out.length <= limit);
    }
  }
}
