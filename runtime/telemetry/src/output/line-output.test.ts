import assert from "node:assert/strict";
import { HandClock } from "@exosphere/testkit";
import { LineOutput } from "./line-output.ts";

/** An end of a pipe in memory: takes bytes while there is room, and throws what it is made to throw. */
class Pipe {
  room = Infinity;
  error = "";
  text = "";
  attempts = 0;

  write(bytes: string | Uint8Array): number {
    this.attempts += 1;
    if (this.error !== "") throw Object.assign(new Error(this.error), { code: this.error });
    if (this.room === 0) throw Object.assign(new Error("EAGAIN"), { code: "EAGAIN" });
    const taken = Buffer.from(bytes).subarray(0, this.room);
    this.room -= taken.length;
    this.text += taken.toString();
    return taken.length;
  }
}

function outputTo(pipe: Pipe, maxWaitingBytes?: number) {
  const clock = new HandClock();
  const recovered: number[] = [];
  const output = new LineOutput({
    sink: pipe,
    ...(maxWaitingBytes !== undefined && { maxWaitingBytes }),
    onRecovered: (dropped) => recovered.push(dropped),
    after: (delayMs, run) => void clock.after(delayMs, run),
    now: clock.nowMs,
    wait: (ms) => clock.advance(ms),
  });
  return { output, clock, recovered };
}

describe("a line output", () => {
  it("writes each line at once while there is room", () => {
    const pipe = new Pipe();
    const { output, clock } = outputTo(pipe);
    output.write("one\n");
    output.write("zwei ä\n");
    assert.equal(pipe.text, "one\nzwei ä\n");
    assert.deepEqual([output.dropped, output.waitingBytes, output.problem, clock.pending], [0, 0, undefined, 0]);
  });

  it("keeps what a slow reader has no room for, in order and without cutting a line", () => {
    const pipe = new Pipe();
    const { output, clock } = outputTo(pipe);
    pipe.room = 6;
    for (const line of ["first ä\n", "second\n", "third\n"]) output.write(line);
    assert.equal(pipe.text, "first ");
    pipe.room = Infinity;
    clock.advance(100);
    assert.equal(pipe.text, "first ä\nsecond\nthird\n");
    assert.deepEqual([output.dropped, output.waitingBytes], [0, 0]);
  });

  it("asks the system again after pauses, not with every line", () => {
    const pipe = new Pipe();
    const { output, clock } = outputTo(pipe);
    pipe.room = 0;
    for (let line = 0; line < 1000; line += 1) output.write("line\n");
    assert.equal(pipe.attempts, 1);
    clock.advance(1_000);
    assert.ok(pipe.attempts < 40, `${pipe.attempts} attempts`);
  });

  it("drops lines beyond its bound, counts them, and says how many once there is room", () => {
    const pipe = new Pipe();
    const { output, clock, recovered } = outputTo(pipe, 10);
    pipe.room = 0;
    for (const line of ["12345\n", "123\n", "dropped\n", "dropped\n"]) output.write(line);
    assert.deepEqual([output.dropped, output.waitingBytes, output.problem], [2, 10, "EAGAIN"]);
    pipe.room = Infinity;
    clock.advance(100);
    assert.equal(pipe.text, "12345\n123\n");
    assert.deepEqual([output.dropped, output.problem, recovered], [2, undefined, [2]]);
  });

  it("survives a full disk, names it, and tries again once a second", () => {
    const pipe = new Pipe();
    const { output, clock } = outputTo(pipe);
    pipe.error = "ENOSPC";
    output.write("line\n");
    assert.equal(output.problem, "ENOSPC");
    clock.advance(10_000);
    assert.equal(pipe.attempts, 11);
    pipe.error = "";
    clock.advance(1_000);
    assert.deepEqual([pipe.text, output.problem], ["line\n", undefined]);
  });

  it("tells once that nobody reads any more", () => {
    const pipe = new Pipe();
    const { output, clock } = outputTo(pipe);
    let broken = 0;
    output.onBroken(() => {
      broken += 1;
    });
    pipe.error = "EPIPE";
    output.write("line\n");
    clock.advance(5_000);
    assert.equal(broken, 1);
  });

  it("waits at the exit for a slow reader, though no longer than its bound", () => {
    const pipe = new Pipe();
    const { output, clock } = outputTo(pipe);
    pipe.room = 0;
    output.write("last words\n");
    const startMs = clock.nowMs();
    output.flush(500);
    assert.equal(clock.nowMs() - startMs, 500);
    clock.after(20, () => {
      pipe.room = Infinity;
    });
    output.flush(500);
    assert.equal(pipe.text, "last words\n");
  });

  it("goes on at the exit with a long line of which the reader took a part", () => {
    const pipe = new Pipe();
    const { output, clock } = outputTo(pipe);
    pipe.room = 0;
    output.write(`${"x".repeat(10_000)}\n`);
    pipe.room = 4_000;
    clock.after(20, () => {
      pipe.room = Infinity;
    });
    output.flush(500);
    assert.equal(pipe.text.length, 10_001);
  });
});
