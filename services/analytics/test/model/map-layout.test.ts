import assert from "node:assert/strict";
import { spreadLabels } from "../../page/model/map-labels.ts";
import { layoutMap, strokeOf } from "../../page/model/map-layout.ts";
import { ranksOf } from "../../page/model/map-ranks.ts";
import { type BusView, busView } from "../../src/core/bus-view.ts";
import { received, roleSample, sampleAt } from "../../src/core/sample.fixture.ts";

const edge = (from: string, to: string, name: string, isReply = false) => ({ from, to, name, isReply });

/** web asks users and tweets, which answer; tweets tells users. */
function bus(count = 10): BusView {
  const sent = (name: string) => ({ name, publicName: name, outcomes: count > 0 ? { ok: count } : {} });
  const took = (name: string) => received(name, { ok: count });
  return busView(
    sampleAt(1, [
      roleSample("tweets", { sent: [sent("tweets.listed"), sent("posted")], received: [took("tweets.list")] }),
      roleSample("users", { sent: [sent("users.listed")], received: [took("users.list"), took("posted")] }),
      roleSample("web", { sent: [sent("users.list"), sent("tweets.list")], received: [took("users.listed"), took("tweets.listed")] }), // biome-ignore format: one line
    ]),
    1,
  );
}

const isReply = ({ name }: { name: string }) => name.endsWith("listed");
const size = { width: 1000, height: 600 };

describe("the columns of the map", () => {
  it("lead from who asks to who answers", () => {
    const edges = [edge("web", "a", "x"), edge("a", "web", "y", true), edge("a", "b", "z"), edge("b", "a", "w", true)];
    assert.deepEqual([...ranksOf(["a", "b", "web"], edges)], [["web", 0], ["a", 1], ["b", 2]]); // biome-ignore format: one line
  });

  it("begin with the busiest role while nothing is known of replies, and hold every role", () => {
    const edges = [edge("a", "hub", "x"), edge("hub", "a", "y"), edge("b", "hub", "z"), edge("hub", "b", "w")];
    const ranks = ranksOf(["a", "b", "hub", "lonely"], edges);
    assert.deepEqual([ranks.get("hub"), ranks.get("a"), ranks.get("b"), ranks.has("lonely")], [0, 1, 1, true]);
  });

  it("take names that read like answers for answers, while nothing was sent yet", () => {
    const edges = [edge("web", "a", "a.create"), edge("a", "web", "a.created"), edge("a", "web", "a.not-found"), edge("a", "mail", "joined")]; // biome-ignore format: one line
    assert.deepEqual([...ranksOf(["a", "mail", "web"], edges)], [["web", 0], ["a", 1], ["mail", 2]]); // biome-ignore format: one line
  });

  it("end with circles as well", () => {
    assert.equal(ranksOf(["a", "b", "c"], [edge("a", "b", "x"), edge("b", "c", "x"), edge("c", "a", "x")]).size, 3);
  });
});

describe("the map", () => {
  it("has every role and every message, apart from each other", () => {
    const { roles, edges } = bus();
    const layout = layoutMap(roles, edges, size, isReply);
    assert.equal(layout.nodes.length, 3);
    assert.equal(layout.edges.length, 5);
    for (const one of layout.nodes) {
      for (const other of layout.nodes) {
        const isApart = Math.abs(one.x - other.x) >= one.width || Math.abs(one.y - other.y) >= one.height;
        assert.ok(one === other || isApart, `${one.role.role} and ${other.role.role}`);
      }
    }
    const inColumn = layout.edges.filter(({ label }) => label.x < 500).map(({ label }) => label.y).sort((a, b) => a - b); // biome-ignore format: one line
    for (const [index, y] of inColumn.slice(1).entries()) assert.ok(y - (inColumn[index] ?? 0) >= 20, `${inColumn}`);
  });

  it("has no label that covers another", () => {
    const labels = [0, 5, 7, 100, 101].map((y) => ({ x: 50, y, width: 80 }));
    const beside = { x: 300, y: 5, width: 80 };
    const ys = spreadLabels([...labels, beside]);
    const sorted = ys.slice(0, 5).sort((a, b) => a - b);
    for (const [index, y] of sorted.slice(1).entries()) assert.ok(y - (sorted[index] ?? 0) >= 20, `${ys}`);
    assert.equal(ys[5], 5);
  });

  it("has no label that a role covers, however little room there is", () => {
    const sent = (name: string) => ({ name, publicName: name, outcomes: { ok: 10 } });
    const took = (name: string) => received(name, { ok: 10 });
    const { roles, edges } = busView(
      sampleAt(1, [
        roleSample("clients", { sent: [sent("tweets.list")], received: [took("tweets.listed"), took("tweets.created")] }), // biome-ignore format: one line
        roleSample("timeline", { sent: [sent("timeline.following")], received: [took("tweets.created")] }),
        roleSample("tweets", { sent: [sent("tweets.listed"), sent("tweets.created")], received: [took("tweets.list"), took("tweets.create")] }), // biome-ignore format: one line
        roleSample("users", { sent: [sent("user.not-found")], received: [took("user.get-details")] }),
        roleSample("web", { sent: [sent("tweets.create"), sent("user.get-details")], received: [took("tweets.created"), took("user.not-found")] }), // biome-ignore format: one line
      ]),
      1,
    );
    for (const width of [700, 980, 1200, 2000]) {
      const layout = layoutMap(roles, edges, { width, height: 600 });
      for (const { edge, label } of layout.edges) {
        for (const node of layout.nodes) {
          const isBeside = Math.abs(label.x - node.x - node.width / 2) >= (label.width + node.width) / 2;
          const isApart = Math.abs(label.y - node.y - node.height / 2) >= node.height / 2 + 10;
          assert.ok(isBeside || isApart, `${width}: ${edge.name} at ${node.role.role}`);
        }
      }
    }
  });

  it("stays within its width, from 360 to 2000 pixels", () => {
    const { roles, edges } = bus();
    for (const width of [360, 400, 700, 1000, 2000]) {
      const layout = layoutMap(roles, edges, { width, height: 500 }, isReply);
      for (const { x, width: wide } of layout.nodes) assert.ok(x >= 0 && x + wide <= width, `${width}: ${x}`);
    }
  });

  it("draws what was never sent as one quiet line", () => {
    const { roles, edges } = bus(0);
    const layout = layoutMap(roles, edges, size, isReply);
    assert.deepEqual([layout.edges.length, layout.quiet.length], [0, 5]);
  });

  it("stays where it is while the numbers change", () => {
    const [few, many] = [bus(1), bus(100_000)].map(({ roles, edges }) => layoutMap(roles, edges, size, isReply));
    assert.deepEqual(few?.nodes.map(({ x, y }) => [x, y]), many?.nodes.map(({ x, y }) => [x, y])); // biome-ignore format: one line
    assert.ok(strokeOf(100_000) > strokeOf(100) && strokeOf(1e12) <= 14);
  });
});
