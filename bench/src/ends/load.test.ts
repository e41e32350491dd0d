import assert from "node:assert/strict";
import type { Ask } from "./ends.ts";
import { closedLoop, fill, openLoop } from "./load.ts";

/** Answers later, and remembers how many were open at once. */
class Answerer {
  asked = 0;
  open = 0;
  mostOpen = 0;

  readonly ask: Ask = (_value, done) => {
    this.asked += 1;
    this.open += 1;
    this.mostOpen = Math.max(this.mostOpen, this.open);
    setImmediate(() => {
      this.open -= 1;
      done();
    });
  };
}

describe("the load", () => {
  it("keeps so many in flight, and ends with none", async () => {
    const answerer = new Answerer();
    const measured = await closedLoop(answerer.ask, {}, 7, 5);
    assert.equal(answerer.mostOpen, 7);
    assert.equal(answerer.open, 0);
    assert.equal(measured.total, answerer.asked);
    assert.ok(measured.perSecond > 0 && measured.p50Ms > 0 && measured.p99Ms >= measured.p50Ms);
  });

  it("counts none of the first hundred, however long they take", async () => {
    const slow: Ask = (_value, done) => void setTimeout(done, 1);
    const { total } = await closedLoop(slow, {}, 1, 1);
    assert.ok(total > 100, `${total} messages`);
  });

  it("sends by its schedule as many as were planned, also while nothing is answered", async () => {
    let open: (() => void)[] = [];
    const holding: Ask = (_value, done) => {
      open.push(done);
      if (open.length < 50) return;
      for (const each of open) each();
      open = [];
    };
    const measured = await openLoop(holding, {}, 1000, 50);
    assert.equal(measured.total, 50);
    // Those that were held from the start waited for the last of the schedule.
    assert.ok(measured.maxMs >= 45, `${measured.maxMs} ms`);
  });

  it("fills with exactly so many", async () => {
    const answerer = new Answerer();
    assert.equal((await fill(answerer.ask, {}, 5000)).total, 5000);
    assert.equal(answerer.asked, 5000);
  });
});
