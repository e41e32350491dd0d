import assert from "node:assert/strict";
import type { Instance } from "../instance.ts";
import type { Lane } from "../lane.ts";
import { affinityPatienceMs } from "../limits.ts";
import type { Role } from "../role.ts";

/** A timer of the core runs at most so late, in milliseconds: two slots of its wheel. */
const latenessMs = 32;

/** Nothing waits longer for an instance without room than that instance is waited for. */
export function checkPatience({ instances }: Role, nowMs: number): void {
  for (const { parked } of instances) {
    for (const { value } of parked.nodes()) assert.ok(nowMs - value.parkedAtMs <= affinityPatienceMs + latenessMs);
  }
}

/** Whoever has room has work, unless all that waits belongs to others, is behind what is out, or is held by a retry. */
export function checkNothingIdles({ instances, queue }: Role): void {
  const parked = new Set<Lane>();
  for (const instance of instances) {
    if (!instance.hasCapacity) for (const { value } of instance.parked.nodes()) parked.add(value);
  }
  const free = [...instances].filter((instance) => instance.hasCapacity);
  queue.removeWaiting(({ lane }) => {
    if (free.length === 0 || !lane || lane.busy || lane.hold || parked.has(lane)) return false;
    const next = lane.waiting.first?.subscription.number ?? 0;
    assert.ok(lane.isLimited, "it waits for something");
    // What belongs to an instance without room waits for that one, even if another has room.
    assert.ok([...instances].some((instance) => instance.roomFor(next) <= 0));
    return false;
  });
}

/** No instance works on more of a message than its role wants; what was out when the routes changed may be more. */
export function checkConcurrency(role: Role, instance: Instance): void {
  for (const [number] of role.concurrency) {
    const out = [...instance.deliveries.values()].filter(
      (copy) => copy.answers === 0 && copy.subscription.number === number,
    );
    const limit = role.concurrency.get(number) ?? 0;
    assert.equal(instance.roomFor(number), limit - out.length);
    if (out.every(({ subscription }) => role.subscriptions.get(subscription.publicName) === subscription)) {
      assert.ok(out.length <= limit);
    }
  }
}
