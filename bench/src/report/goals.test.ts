import assert from "node:assert/strict";
import type { Result } from "../run/result.ts";
import { judge } from "./goals.ts";
import { resultOf, rowOf } from "./result.fixture.ts";

function judgedOf(result: Result, title: RegExp) {
  const found = judge(result).find(({ goal }) => title.test(goal.title));
  assert.ok(found, `there is a goal ${title}`);
  return { measured: found.measured, isMet: found.isMet };
}

describe("the goals", () => {
  const nats = rowOf("nats", 64, { perSecond: [100, 1000, 200] });

  it("compare rounds that ran one after the other", () => {
    // Three times as fast in every round, though the machine was not the same in any two.
    const ours = rowOf("sdk-sidecars", 64, { perSecond: [300, 3000, 600] });
    assert.deepEqual(judgedOf(resultOf([ours, nats]), /vs NATS, 64/), { measured: 3, isMet: true });
  });

  it("are missed below what is wanted", () => {
    const ours = rowOf("sdk-sidecars", 64, { perSecond: [240, 2400, 480] });
    assert.deepEqual(judgedOf(resultOf([ours, nats]), /vs NATS, 64/), { measured: 2.4, isMet: false });
  });

  it("of latencies are missed above it", () => {
    const ours = rowOf("sdk-sidecars", 1, { p50Ms: [2.1, 2.1, 2.1] });
    const result = resultOf([ours, rowOf("nats", 1)]);
    assert.deepEqual(judgedOf(result, /p50/), { measured: 2.1, isMet: false });
  });

  it("of a core count the CPU time of broker and relay alone", () => {
    const ours = rowOf("send-broker", 256, { cpuUs: { broker: [4, 4, 4], sender: [90, 90, 90] } });
    const relay = rowOf("send-relay", 256, { cpuUs: { relay: [3, 3, 3], requester: [1, 1, 1] } });
    assert.deepEqual(judgedOf(resultOf([ours, relay]), /broker's CPU/), { measured: 0.75, isMet: true });
  });

  it("look at the sidecar without tracing", () => {
    const footprints = [
      { program: "sidecar", readyMs: [250, 310, 260], idleMb: [91, 92, 93] },
      { program: "sidecar, tracing", readyMs: [900], idleMb: [120] },
    ];
    const result = resultOf([], { footprints });
    assert.deepEqual(judgedOf(result, /is ready/), { measured: 260, isMet: true });
    assert.deepEqual(judgedOf(result, /idle memory/), { measured: 92, isMet: false });
  });

  it("that were not measured are neither met nor missed", () => {
    assert.deepEqual(judgedOf(resultOf([nats]), /vs NATS, 64/), { measured: undefined, isMet: undefined });
  });
});
