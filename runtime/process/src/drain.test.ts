import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { collectingLog, silentLog } from "@exosphere/telemetry";
import { type DrainOptions, drainOnSignal, type RunningProcess } from "./drain.ts";

/** A process that drains when it is told to, and remembers what was asked of it. */
class Subject implements RunningProcess {
  readonly asked: string[] = [];
  readonly finish = Promise.withResolvers<void>();
  deadline: AbortSignal | undefined;

  drain(deadline: AbortSignal): Promise<void> {
    this.asked.push("drain");
    this.deadline = deadline;
    return this.finish.promise;
  }

  close(): void {
    this.asked.push("close");
  }
}

function watch(options: Partial<DrainOptions> = {}) {
  const subject = new Subject();
  const signals = new EventEmitter();
  const exited = Promise.withResolvers<number>();
  const codes: number[] = [];
  const exit = (code: number) => {
    codes.push(code);
    exited.resolve(code);
  };
  const stop = drainOnSignal({ running: subject, graceMs: 60_000, log: silentLog(), exit, signals, ...options });
  return { subject, signals, codes, exited: exited.promise, stop };
}

describe("draining on a signal", () => {
  for (const signal of ["SIGTERM", "SIGINT"]) {
    it(`exits with 0 once drained after ${signal}`, async () => {
      const { subject, signals, exited } = watch();
      signals.emit(signal, signal);
      subject.finish.resolve();
      assert.equal(await exited, 0);
      assert.deepEqual(subject.asked, ["drain"]);
      assert.equal(subject.deadline?.aborted, false);
    });
  }

  it("closes and exits with 1 past the grace", async () => {
    const { subject, signals, exited } = watch({ graceMs: 1 });
    signals.emit("SIGTERM", "SIGTERM");
    assert.equal(await exited, 1);
    assert.deepEqual(subject.asked, ["drain", "close"]);
    assert.equal(subject.deadline?.aborted, true);
  });

  it("closes and exits with 1 if draining fails, and logs why", async () => {
    const { log, lines } = collectingLog();
    const { subject, signals, exited } = watch({ log });
    signals.emit("SIGTERM", "SIGTERM");
    subject.finish.reject(new Error("the disk is full"));
    assert.equal(await exited, 1);
    assert.deepEqual(subject.asked, ["drain", "close"]);
    assert.match(JSON.stringify(lines), /the disk is full/);
  });

  it("exits with 1 at once if it is signalled again a second later", async () => {
    let now = 5000;
    const { subject, signals, codes } = watch({ now: () => now });
    signals.emit("SIGINT", "SIGINT");
    now += 999;
    signals.emit("SIGINT", "SIGINT");
    signals.emit("SIGTERM", "SIGTERM");
    assert.deepEqual(codes, []);
    now += 1;
    signals.emit("SIGINT", "SIGINT");
    assert.deepEqual(codes, [1]);
    assert.equal(subject.asked.includes("close"), false);
    subject.finish.resolve();
  });

  it("waits for a process that is still starting", async () => {
    const starting = Promise.withResolvers<RunningProcess>();
    const { subject, signals, exited } = watch({ running: starting.promise });
    signals.emit("SIGTERM", "SIGTERM");
    starting.resolve(subject);
    subject.finish.resolve();
    assert.equal(await exited, 0);
    assert.deepEqual(subject.asked, ["drain"]);
  });

  it("does not wait past the grace for one that never starts", async () => {
    const { signals, exited } = watch({ running: new Promise(() => {}), graceMs: 1 });
    signals.emit("SIGTERM", "SIGTERM");
    assert.equal(await exited, 1);
  });

  it("exits with 1 even if closing fails", async () => {
    const { subject, signals, exited } = watch({ graceMs: 1 });
    subject.close = () => {
      throw new Error("already gone");
    };
    signals.emit("SIGTERM", "SIGTERM");
    assert.equal(await exited, 1);
  });

  it("stops listening when told to", () => {
    const { signals, stop } = watch();
    stop();
    assert.equal(signals.listenerCount("SIGTERM") + signals.listenerCount("SIGINT"), 0);
  });
});
