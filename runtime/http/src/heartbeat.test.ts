import assert from "node:assert/strict";
import { HandClock } from "@exosphere/testkit";
import { Heartbeat } from "./heartbeat.ts";

function start(options: { readonly answers?: boolean; readonly isReading?: () => boolean } = {}) {
  const clock = new HandClock();
  const pings: number[] = [];
  const vanished: number[] = [];
  const heartbeat: Heartbeat = new Heartbeat({
    pingEveryMs: 25_000,
    pongWithinMs: 8_000,
    after: clock.after,
    isReading: options.isReading ?? (() => true),
    ping: () => {
      pings.push(clock.nowMs());
      if (options.answers) clock.after(100, () => heartbeat.heard());
    },
    vanished: () => vanished.push(clock.nowMs()),
  });
  return { clock, pings, vanished, heartbeat };
}

describe("a heartbeat", () => {
  it("pings every 25 s as long as there is an answer", () => {
    const { clock, pings, vanished } = start({ answers: true });
    clock.advanceTo(100_000);
    assert.deepEqual(pings, [25_000, 50_000, 75_000, 100_000]);
    assert.deepEqual(vanished, []);
  });

  it("gives a peer up that has not answered for 8 s, once", () => {
    const { clock, pings, vanished } = start();
    clock.advanceTo(200_000);
    assert.deepEqual([pings, vanished], [[25_000], [33_000]]);
  });

  it("does not take what came before the ping for its answer", () => {
    const { clock, vanished, heartbeat } = start();
    clock.advanceTo(24_999);
    heartbeat.heard();
    clock.advanceTo(33_000);
    assert.deepEqual(vanished, [33_000]);
  });

  it("does not blame a peer that is not being read", () => {
    let isReading = false;
    const { clock, vanished } = start({ isReading: () => isReading });
    clock.advanceTo(40_000);
    assert.deepEqual(vanished, []);
    isReading = true;
    clock.advanceTo(60_000);
    assert.deepEqual(vanished, [58_000]);
  });

  it("ends when it is closed", () => {
    const { clock, pings, vanished, heartbeat } = start();
    clock.advanceTo(26_000);
    heartbeat.close();
    clock.advanceTo(100_000);
    assert.deepEqual([pings, vanished], [[25_000], []]);
  });
});
