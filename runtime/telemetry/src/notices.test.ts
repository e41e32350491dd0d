import assert from "node:assert/strict";
import { HandClock } from "@exosphere/testkit";
import { collectingLog } from "./log.ts";
import { Notices } from "./notices.ts";

describe("notices", () => {
  it("are a line each for the first twenty of a second, and one for the number of all others", () => {
    const clock = new HandClock();
    const { log, lines } = collectingLog();
    const more = (count: number) => log.warn({ count }, "more of them");
    const notices = new Notices({ log, more, after: (delayMs, run) => void clock.after(delayMs, run) });
    let collected = 0;
    const facts = () => ({ number: ++collected });
    for (let count = 0; count < 100; count += 1) notices.warn(facts, "a notice");
    assert.deepEqual([lines.length, collected, lines[19]?.number], [20, 20, 20]);
    clock.advance(1_000);
    assert.deepEqual([lines.length, lines[20]?.msg, lines[20]?.count], [21, "more of them", 80]);
    notices.warn({ number: 1 }, "a notice");
    clock.advance(1_000);
    assert.equal(lines.length, 22);
  });
});
