import assert from "node:assert/strict";
import { gatheringSchedule } from "./gathering-schedule.ts";

const tick = () => new Promise<void>((resolve) => process.nextTick(resolve));
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("gatheringSchedule", () => {
  it("flushes at the end of the tick while few messages are under way", async () => {
    const schedule = gatheringSchedule(() => 1);
    let flushed = 0;
    schedule(() => {
      flushed += 1;
    });
    assert.equal(flushed, 0);
    await tick();
    assert.equal(flushed, 1);
  });

  it("waits for the other ticks of the turn while many are", async () => {
    const schedule = gatheringSchedule(() => 64);
    let flushed = 0;
    schedule(() => {
      flushed += 1;
    });
    for (let each = 0; each < 10; each += 1) await tick();
    assert.equal(flushed, 0);
    await turn();
    assert.equal(flushed, 1);
  });

  it("asks anew each time", async () => {
    let underWay = 64;
    const schedule = gatheringSchedule(() => underWay);
    const flushed: string[] = [];
    schedule(() => flushed.push("many"));
    await turn();
    underWay = 1;
    schedule(() => flushed.push("few"));
    await tick();
    assert.deepEqual(flushed, ["many", "few"]);
  });
});
