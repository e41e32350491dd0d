import assert from "node:assert/strict";
import { missing } from "../src/run/peers.ts";
import type { Load } from "../src/run/rounds.ts";
import { begin, type Playing, runRounds } from "../src/run/rounds.ts";
import { subjects } from "../src/run/subjects.ts";

/** A few milliseconds of each: whether it works, not how fast it is. */
const loads: readonly Load[] = [{ kind: "closed", inFlight: 8, windowMs: 10, bytes: 200 }];

describe("each subject of the benchmark", function () {
  this.timeout(60_000);
  this.slow(10_000);

  for (const subject of subjects) {
    const install = subject.peer && missing(subject.peer);
    const here = install ? it.skip : it;
    here(`carries what it is given: ${subject.id}${install ? `; needs ${install}` : ""}`, async () => {
      const playing = await begin(subject);
      try {
        await carriesExactly(playing);
      } finally {
        await playing.cast.stop();
      }
    });
  }

  it("gives a row for each load, and the memory of every process", async () => {
    const chosen = subjects.filter(({ id }) => id === "relay-1");
    const both: readonly Load[] = [...loads, { kind: "closed", inFlight: 1, windowMs: 10, bytes: 300 }];
    const { rows, memory, absent } = await runRounds(chosen, { rounds: 2, loads: both, warmUpMs: 10 });
    assert.deepEqual(absent, []);
    assert.deepEqual(
      rows.map(({ subject, inFlight, bytes }) => [subject, inFlight, bytes]),
      [
        ["relay-1", 8, 200],
        ["relay-1", 1, 300],
      ],
    );
    for (const { perSecond, p50Ms, p99Ms, cpuUs } of rows) {
      for (const figures of [perSecond, p50Ms, p99Ms, ...Object.values(cpuUs)]) {
        assert.equal(figures.length, 2);
        for (const figure of figures) assert.ok(figure > 0, `${figure} is measured`);
      }
    }
    assert.deepEqual(Object.keys(memory[0]?.peakMb ?? {}), ["relay", "replier", "requester"]);
  });
});

/** What comes back, or arrives at the other end, is what was sent, as often as it was. */
async function carriesExactly({ stage }: Playing): Promise<void> {
  const { asks, receives, copies = 1 } = stage;
  const value = { text: "Grüße €", number: 12.5, list: [true, null] };
  const { isEcho, reply } = await asks.verify(value);
  if (!receives) {
    assert.ok(isEcho, `${JSON.stringify(reply)} came back`);
    return;
  }
  const deadlineMs = performance.now() + 20_000;
  for (;;) {
    const { count, last } = await receives.received();
    assert.ok(count <= copies, `${count} copies instead of ${copies}`);
    if (count === copies) {
      assert.deepEqual(last, value);
      return;
    }
    assert.ok(performance.now() < deadlineMs, `${count} of ${copies} copies came`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
