import assert from "node:assert/strict";
import fc from "fast-check";
import { FakeClock } from "./fake-clock.ts";
import { type Timer, TimerWheel } from "./timer-wheel.ts";

/** How late a timer may run, in milliseconds. */
const lateMs = 32;

describe("TimerWheel", () => {
  it("runs a timer once, not early and at most 32 ms late", () => {
    const [clock, ran] = [new FakeClock(), [] as number[]];
    const wheel = new TimerWheel(clock);
    clock.advance(7);
    wheel.add(107, () => ran.push(clock.nowMs()));
    clock.advance(99.9);
    assert.deepEqual(ran, []);
    clock.advance(lateMs + 0.1);
    assert.equal(ran.length, 1);
    clock.advance(100_000);
    assert.equal(ran.length, 1);
  });

  it("runs at once what is due already", () => {
    const [clock, ran] = [new FakeClock(), [] as number[]];
    const wheel = new TimerWheel(clock);
    clock.advance(1000);
    wheel.add(3, () => ran.push(1));
    assert.deepEqual(ran, []);
    clock.advance(lateMs);
    assert.deepEqual(ran, [1]);
  });

  it("lets other work have its turn among thousands of timers that are due at once, and runs them all in their order", () => {
    const [clock, ran] = [new FakeClock(), [] as number[]];
    const wheel = new TimerWheel(clock);
    const numbers = Array.from({ length: 5000 }, (_, number) => number);
    const ranBefore: number[] = [];
    const otherWork = () => void ranBefore.push(ran.length);
    for (const number of numbers)
      wheel.add(50, () => {
        if (ran.length === 0) clock.after(0, otherWork);
        ran.push(number);
      });
    clock.advance(50 + lateMs);
    assert.deepEqual(ran, numbers);
    assert.ok((ranBefore[0] as number) <= 500, `${ranBefore[0]} timers ran before`);
    assert.equal(wheel.size, 0);
  });

  it("does not run what was called off, not even by a timer of the same moment", () => {
    const [clock, ran] = [new FakeClock(), [] as string[]];
    const wheel = new TimerWheel(clock);
    const off = wheel.add(50, () => ran.push("off"));
    off.cancel();
    off.cancel();
    wheel.add(50, () => later.cancel());
    const later = wheel.add(50, () => ran.push("later"));
    clock.advance(200);
    assert.deepEqual([ran, wheel.size], [[], 0]);
  });

  it("runs a timer that is farther away than a turn of the wheel", () => {
    const [clock, ran] = [new FakeClock(), [] as number[]];
    const wheel = new TimerWheel(clock);
    wheel.add(100_000, () => ran.push(clock.nowMs()));
    clock.advance(99_999);
    assert.deepEqual(ran, []);
    clock.advance(1 + lateMs);
    assert.equal(ran.length, 1);
  });

  it("never runs a timer that is infinitely far away, and does not wait for it", () => {
    const clock = new FakeClock();
    const wheel = new TimerWheel(clock);
    const timer = wheel.add(Number.POSITIVE_INFINITY, () => assert.fail("it ran"));
    clock.advance(100_000);
    timer.cancel();
    assert.deepEqual([wheel.size, clock.pending], [0, 0]);
  });

  it("runs everything that fell due while the process was suspended", () => {
    const [clock, ran] = [new FakeClock(), [] as number[]];
    const wheel = new TimerWheel(clock);
    for (const atMs of [10, 500, 40_000, 90_000, 200_000]) wheel.add(atMs, () => ran.push(atMs));
    clock.jump(100_000);
    assert.deepEqual(
      ran.sort((a, b) => a - b),
      [10, 500, 40_000, 90_000],
    );
    clock.advance(100_000 + lateMs);
    assert.equal(ran.length, 5);
  });

  it("does not run for ever when a timer sets itself again for now", () => {
    const clock = new FakeClock();
    const wheel = new TimerWheel(clock);
    let runs = 0;
    const again = () => {
      runs += 1;
      if (runs < 1000) wheel.add(clock.nowMs(), again);
    };
    wheel.add(10, again);
    clock.advance(160);
    assert.ok(runs >= 5 && runs <= 10, `${runs} runs in ten slots`);
    wheel.close();
  });

  it("leaves the platform's timer alone when nothing waits", () => {
    const clock = new FakeClock();
    const wheel = new TimerWheel(clock);
    wheel.add(10, () => {});
    wheel.add(2000, () => {});
    assert.equal(clock.pending, 1);
    clock.advance(2100);
    assert.equal(clock.pending, 0);
    wheel.add(3000, () => {});
    wheel.close();
    assert.deepEqual([clock.pending, wheel.size], [0, 0]);
    clock.advance(5000);
  });

  it("does what one timer each would do, whatever happens at once", () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant("add" as const), inMs: fc.integer({ min: -50, max: 70_000 }) }),
      fc.record({ kind: fc.constant("cancel" as const), which: fc.nat() }),
      fc.record({ kind: fc.constant("advance" as const), ms: fc.double({ min: 0, max: 20_000, noNaN: true }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const clock = new FakeClock();
        const wheel = new TimerWheel(clock);
        const waiting = new Map<Timer, number>();
        for (const each of steps) {
          if (each.kind === "advance") clock.advance(each.ms);
          else if (each.kind === "cancel") {
            const [timer] = [...waiting.keys()].slice(each.which % Math.max(1, waiting.size));
            timer?.cancel();
            if (timer) waiting.delete(timer);
          } else {
            const atMs = clock.nowMs() + each.inMs;
            const dueMs = Math.max(atMs, clock.nowMs());
            const timer: Timer = wheel.add(atMs, () => {
              assert.ok(waiting.delete(timer), "what was called off, or ran before, does not run");
              assert.ok(clock.nowMs() >= atMs, "never early");
              assert.ok(clock.nowMs() <= dueMs + lateMs, "at most 32 ms late");
            });
            waiting.set(timer, dueMs);
          }
          assert.equal(wheel.size, waiting.size);
          for (const dueMs of waiting.values()) assert.ok(clock.nowMs() < dueMs + lateMs, "nothing is forgotten");
        }
        wheel.close();
      }),
      { numRuns: 200 },
    );
  });
});
