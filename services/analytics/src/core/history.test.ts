import assert from "node:assert/strict";
import { busView, failures } from "./bus-view.ts";
import { merged, mergedBounds, quantile } from "./histogram.ts";
import { History } from "./history.ts";
import { chatter, received, roleSample, sampleAt } from "./sample.fixture.ts";
import { between, type Sample } from "./sample.ts";

describe("quantiles of a histogram", () => {
  it("lie within their bucket", () => {
    assert.equal(quantile([10, 100], [10, 0, 0], 0.5), 5);
    assert.equal(quantile([10, 100], [50, 50, 0], 0.99), 10 + 90 * 0.98);
    assert.equal(quantile([10, 100], [0, 0, 4], 0.5), 100);
    assert.equal(quantile([10, 100], [0, 0, 0], 0.5), undefined);
  });

  it("are shown in fewer buckets where there are many, with the same counts", () => {
    const counts = Array.from({ length: 51 }, (_, index) => index);
    const bounds = Array.from({ length: 50 }, (_, index) => index + 1);
    const [shown, upper] = [merged(counts), mergedBounds(bounds)];
    assert.equal(shown.length, upper.length + 1);
    assert.deepEqual([shown[0], upper[0], shown.at(-1), upper.at(-1)], [6, 4, 48 + 49 + 50, 48]);
    assert.deepEqual(
      [merged([1, 2, 3]), mergedBounds([10, 100])],
      [
        [1, 2, 3],
        [10, 100],
      ],
    );
  });
});

describe("what was counted between two samples", () => {
  it("is the difference of the counters, and the gauges of the later one", () => {
    const { roles } = between(chatter(0, 10), chatter(5, 25, 5));
    assert.deepEqual(roles[0]?.received[0]?.outcomes, { ok: 10, dead: 5 });
    assert.deepEqual(roles[0]?.received[0]?.latency, [10, 0, 0]);
    assert.deepEqual(roles[1]?.sent[0]?.outcomes, { ok: 15 });
    assert.equal(roles[0]?.waiting, 3);
  });

  it("is everything where the broker was started anew, and of roles and messages that are new", () => {
    assert.deepEqual(between(chatter(0, 10), chatter(5, 3, 0, "two")).roles[1]?.sent[0]?.outcomes, { ok: 3 });
    assert.deepEqual(between(sampleAt(0, []), chatter(5, 3)).roles[1]?.sent[0]?.outcomes, { ok: 3 });
  });
});

describe("the view of the bus", () => {
  it("has an edge for each message between two roles, with rates, failures and totals", () => {
    const view = busView(between(chatter(0, 10), chatter(5, 30, 5)), 5, chatter(5, 30, 5));
    const [edge] = view.edges;
    assert.deepEqual([edge?.from, edge?.to, edge?.name, edge?.rate], ["web", "users", "get", 4]);
    assert.deepEqual([edge?.doneRate, edge?.errorRate, edge?.errorShare], [3, 1, 0.25]);
    assert.equal(edge?.p50, 5);
    assert.deepEqual(edge?.totals, { sent: { ok: 30 }, received: { ok: 25, dead: 5 } });
    assert.deepEqual([view.published, view.done, view.failed], [4, 3, 1]);
    assert.equal(view.roles[0]?.receivedRate, 3);
  });

  it("does not take what is tried again for a failure", () => {
    assert.equal(failures({ ok: 1, retry: 7, dead: 1, queue_full: 2 }), 3);
  });

  it("joins names by what the application calls them", () => {
    const view = busView(
      sampleAt(1, [
        roleSample("a", { sent: [{ name: "x", publicName: "shared", outcomes: { ok: 1 } }] }),
        roleSample("b", { received: [{ ...received("y", { ok: 1 }), publicName: "shared" }] }),
      ]),
      1,
    );
    const [edge] = view.edges;
    assert.deepEqual([edge?.name, edge?.sentAs, edge?.receivedAs], ["shared", "x", "y"]);
  });
});

describe("the history of the bus", () => {
  const filled = (seconds: number, keepMs = 3_600_000) => {
    const slots: Sample[] = [];
    const history = new History(keepMs, [], (slot) => slots.push(slot));
    for (let second = 0; second <= seconds; second += 1) history.add(chatter(second, second * 10));
    return { history, slots };
  };

  it("keeps slots of five seconds, and gives each away once", () => {
    const { history, slots } = filled(17);
    assert.deepEqual(slots.map(({ at }) => at), [5000, 10_000, 15_000]); // biome-ignore format: one line
    assert.deepEqual(history.timeline().map(({ published }) => published), [10, 10, 10]); // biome-ignore format: one line
  });

  it("lets go of what is too old", () => {
    assert.equal(filled(100, 20_000).history.timeline().length, 5);
  });

  it("shows the last seconds, and what was at a time", () => {
    const { history } = filled(30);
    assert.equal(history.live()?.edges[0]?.rate, 10);
    assert.equal(history.at(12_000)?.at, 15_000);
    assert.equal(history.at(999_000)?.at, 30_000);
    assert.deepEqual(history.at(12_000)?.edges[0]?.totals.sent, { ok: 300 });
  });

  it("has latencies over time, of everything or of a message at a role", () => {
    const { history } = filled(10);
    const all = history.latencies({ from: 0, to: 99_000 });
    assert.deepEqual([all.count, all.p50, all.columns.length], [100, 5, 2]);
    assert.equal(history.latencies({ from: 0, to: 99_000, role: "users", name: "get" }).count, 100);
    assert.equal(history.latencies({ from: 0, to: 99_000, role: "web" }).count, 0);
    assert.equal(history.latencies({ from: 7000, to: 8000 }).columns.length, 1);
  });

  it("remembers the worst of a slot, though it was over at its end", () => {
    const history = new History(60_000, [], () => {});
    for (const [second, waiting] of [0, 0, 900, 0, 0, 0].entries())
      history.add(sampleAt(second, [roleSample("users", { waiting, oldestMs: waiting * 2 })]));
    const [point] = history.queues(0, 99_000)[0]?.points ?? [];
    assert.deepEqual([point?.waiting, point?.oldestMs], [900, 1800]);
  });

  it("begins anew with a broker that was started anew, without a spike", () => {
    const { history } = filled(12);
    for (let second = 13; second < 20; second += 1) history.add(chatter(second, second - 13, 0, "two"));
    assert.ok(history.timeline().every(({ published }) => published >= 0 && published <= 10));
    assert.equal(history.live()?.epoch, "two");
  });

  it("goes on from slots that were kept", () => {
    const kept = filled(20).slots;
    assert.equal(new History(3_600_000, kept, () => {}).timeline().length, 4);
  });
});
