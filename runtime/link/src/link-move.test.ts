import assert from "node:assert/strict";
import { handlerNumber } from "@exosphere/frames";
import { ExoError, newMove, newRefusal } from "@exosphere/proto";
import { type BrokerEnd, outgoing, settled } from "./fixtures/scripted-broker.ts";
import { type StartedLink, startLink } from "./fixtures/start-link.ts";
import type { Incoming } from "./incoming.ts";
import type { Link } from "./link.ts";
import type { LinkOptions } from "./link-config.ts";
import type { LinkStatus } from "./link-status.ts";

const move = { move: newMove({ withinMs: 10_000 }) };
const draining = (sequence: number) => newRefusal({ sequence, reason: "DRAINING" });
const leftOf = ({ frames }: BrokerEnd) => frames.some(({ leave }) => leave !== undefined);
const windowsOf = ({ frames }: BrokerEnd) => frames.flatMap(({ credit }) => credit?.window ?? []);
const one = Buffer.from("one");

describe("Link that is asked to move", () => {
  const started: Link[] = [];
  const ends: string[] = [];
  const start = (options: Partial<LinkOptions> = {}, onStatus?: (status: LinkStatus) => void): StartedLink => {
    const all = startLink({ brokers: ["one:1", "two:2"], window: 5, ...options }, onStatus);
    started.push(all.link);
    return all;
  };
  /** A link that is attached to the first of its brokers. */
  const attached = async (options: Partial<LinkOptions> = {}) => {
    const all = start(options);
    const first = await all.broker.next();
    await first.welcome({ epoch: "first" });
    return { ...all, first };
  };
  /** One that has moved to the second. */
  const moved = async (options: Partial<LinkOptions> = {}) => {
    const all = await attached(options);
    await all.first.send(move);
    const second = await all.broker.next();
    await second.welcome({ epoch: "second" });
    return { ...all, second };
  };
  const note = (error: Error | undefined) => ends.push(error ? ExoError.from(error).reason : "ok");
  const send = (link: Link, payload: string, fields = {}) => link.send(outgoing({ payload, ...fields }), note);
  const ask = (link: Link, fields = {}) =>
    link.request(outgoing({ name: "ask", activityId: "one", payload: "asked", ...fields }), note);
  afterEach(() => {
    for (const link of started.splice(0)) link.close();
    ends.length = 0;
  });

  it("attaches to the next broker before it leaves, and is attached all the while", async () => {
    let link: Link | undefined;
    const seen: [string, boolean | undefined][] = [];
    const all = start({}, ({ kind }) => seen.push([kind, link?.isAttached]));
    link = all.link;
    const first = await all.broker.next();
    await first.welcome({ epoch: "first" });
    await first.send(move);
    assert.equal(leftOf(first), false);
    const second = await all.broker.next();
    assert.deepEqual([second.address, second.registration?.epoch, link.isAttached], ["two:2", "first", true]);
    await second.welcome({ epoch: "second" });
    assert.equal(leftOf(first), true);
    await first.end();
    assert.deepEqual(
      seen.map(([kind]) => kind),
      ["attached", "routes", "move", "attached", "routes", "left"],
    );
    assert.ok(seen.every(([, isAttached]) => isAttached));
  });

  it("sends to the old broker until the new one is ready, and to the new one from then on", async () => {
    const { link, broker, first } = await attached();
    await first.send(move);
    send(link, "before");
    const second = await broker.next();
    send(link, "still before");
    await settled();
    await second.welcome({ epoch: "second" });
    send(link, "after");
    await settled();
    assert.deepEqual([first.payloads, second.payloads], [["before", "still before"], ["after"]]);
    assert.ok((second.publishes[0]?.sequence ?? 0) > (first.publishes[1]?.sequence ?? 0), "sequences rise");
  });

  it("waits at the old broker for confirmations and replies before it leaves that", async () => {
    const { link, first, broker } = await attached();
    send(link, "1");
    const request = ask(link);
    await settled();
    await first.send(move);
    const second = await broker.next();
    await second.welcome({ epoch: "second" });
    assert.equal(leftOf(first), false);
    await first.confirm(1, 2);
    assert.equal(leftOf(first), false);
    await first.deliver(1, { name: 4, request, activityId: one });
    assert.deepEqual([ends, leftOf(first)], [["ok", "ok"], true]);
    assert.deepEqual(second.publishes.length, 0);
  });

  it("leaves once a request that the old broker has was given up, and tells it", async () => {
    const { link, first, broker } = await attached();
    const request = ask(link);
    await settled();
    await first.confirm(1, 1);
    await first.send(move);
    await (await broker.next()).welcome({ epoch: "second" });
    assert.equal(leftOf(first), false);
    link.abandon(request);
    await settled();
    assert.deepEqual(
      first.frames.flatMap(({ abandoned }) => abandoned),
      [request],
    );
    assert.equal(leftOf(first), true);
  });

  it("settles at the old broker what came from there, and at the new one what came from that", async () => {
    const { link, first, broker, deliveries } = await attached();
    await first.deliver(1, {});
    await first.send(move);
    const second = await broker.next();
    await second.welcome({ epoch: "second" });
    await second.deliver(1, {});
    const [old, fresh] = deliveries;
    assert.ok(old && fresh);
    assert.notEqual(old.number, fresh.number);
    link.settle(fresh, { outcome: "retry", retryAfterMs: 7, detail: "" });
    link.done(old);
    await settled();
    assert.deepEqual(
      [first, second].map(({ frames }) => [
        frames.flatMap(({ done }) => done),
        frames.flatMap(({ settlements }) => settlements.map(({ delivery }) => delivery)),
      ]),
      [
        [[1], []],
        [[], [1]],
      ],
    );
  });

  it("replies to the old broker what was asked there, also after it has left", async () => {
    const { link, first, second, deliveries } = await moved();
    await first.deliver(1, { requester: 3, replyRequest: 9 });
    assert.equal(leftOf(first), true);
    send(link, "reply", { returnPath: deliveries[0]?.returnPath });
    await settled();
    assert.deepEqual(
      first.publishes.map(({ requester, replyRequest }) => [requester, replyRequest]),
      [[3, 9]],
    );
    await first.end();
    send(link, "too late", { returnPath: deliveries[0]?.returnPath });
    await settled();
    assert.deepEqual(
      second.publishes.map(({ requester, replyRequest }) => [requester, replyRequest]),
      [[3, 9]],
    );
  });

  it("takes deliveries of both until the old broker is done, as many of each as its app takes", async () => {
    const { link, first, second, deliveries } = await moved();
    assert.deepEqual([windowsOf(first), second.registration?.credit], [[], 5]);
    await first.deliver(8, {});
    await second.deliver(8, {});
    assert.equal(deliveries.length, 2);
    link.setWindow(0);
    await settled();
    assert.deepEqual([windowsOf(first), windowsOf(second)], [[0], [0]]);
  });

  it("replies to the new broker where the requester asks by both, but for requests that only the old one knows", async () => {
    const { link, first, second, deliveries } = await moved();
    ask(link);
    await first.deliver(1, { requester: 3, replyRequest: 9 });
    await first.deliver(2, { requester: 3, replyRequest: 10, many: true });
    await first.deliver(3, { requester: 0, replyRequest: 11 });
    await first.deliver(4, { requester: 4, replyRequest: 12 });
    await second.deliver(1, { requester: 3, replyRequest: 13 });
    for (const { returnPath } of deliveries) send(link, "reply", { returnPath, activityId: "activity" });
    await settled();
    const repliesOf = ({ publishes }: BrokerEnd) => publishes.flatMap(({ replyRequest }) => replyRequest || []);
    assert.deepEqual([repliesOf(first), repliesOf(second)], [[10, 11, 12], [9, 13]]); // biome-ignore format: one line
  });

  it("names the handlers of both brokers' deliveries, and keeps their slots free where each came from", async () => {
    const { link, first, second, deliveries } = await moved();
    await first.deliver(3, { of: { id: Buffer.from("old") } });
    await second.deliver(3, { of: { id: Buffer.from("new") } });
    for (const handling of deliveries) ask(link, { handling });
    await settled();
    assert.deepEqual(
      second.publishes.map(({ awaiting }) => awaiting),
      ["old", "new"].map((id) => [handlerNumber("web", "activity", id)]),
    );
    assert.deepEqual([windowsOf(first), windowsOf(second)], [[6], [6]]);
  });

  it("tells everybody once what became of what the old broker did not confirm or answer when it broke", async () => {
    const { link, first, broker } = await attached();
    send(link, "unconfirmed");
    ask(link);
    await settled();
    await first.send(move);
    const second = await broker.next();
    await second.welcome({ epoch: "second" });
    await first.confirm(2, 2);
    await first.break();
    assert.deepEqual(ends, ["BROKER_UNAVAILABLE", "BROKER_UNAVAILABLE"]);
    assert.deepEqual([second.publishes.length, link.pending], [0, { messages: 0, bytes: 0, requests: 0 }]);
  });

  it("sends to the new broker what was never given to the stream of the old one", async () => {
    const { link, first, broker } = await attached();
    await first.send(move);
    const second = await broker.next();
    first.setReading(false);
    send(link, "meets the pressure");
    await settled();
    send(link, "never left");
    await second.welcome({ epoch: "second" });
    await first.break();
    await settled();
    assert.deepEqual([second.payloads, ends], [["never left"], ["BROKER_UNAVAILABLE"]]);
  });

  it("sends again what a broker that drains has not taken, once and in order, to the next", async () => {
    const { link, first, broker } = await attached();
    for (const payload of ["1", "2", "3"]) send(link, payload);
    await settled();
    await first.confirm(1, 3, [draining(2), draining(3)]);
    assert.deepEqual(ends, ["ok"]);
    send(link, "4");
    const second = await broker.next();
    await second.welcome({ epoch: "second" });
    assert.deepEqual(second.payloads, ["2", "3", "4"]);
    assert.equal(leftOf(first), true);
  });

  it("sends again what is refused after the next broker is there", async () => {
    const { link, first, broker } = await attached();
    send(link, "1");
    await settled();
    await first.send(move);
    const second = await broker.next();
    await second.welcome({ epoch: "second" });
    await first.confirm(1, 1, [draining(1)]);
    assert.deepEqual([second.payloads, ends, leftOf(first)], [["1"], [], true]);
  });

  it("lets a handler's request fail that a draining broker refuses: it waits for that handler", async () => {
    const { link, first, deliveries } = await attached({ brokers: ["one:1"] });
    await first.deliver(1, {});
    ask(link, { handling: deliveries[0] });
    await settled();
    await first.confirm(1, 1, [draining(1)]);
    assert.deepEqual(ends, ["DRAINING"]);
  });

  it("keeps looking while the next broker cannot be reached", async () => {
    const { link, first, broker } = await attached();
    await first.send(move);
    await (await broker.next()).break();
    const again = await broker.next();
    assert.deepEqual([again.address, link.isAttached, leftOf(first)], ["two:2", true, false]);
    await again.welcome({ epoch: "second" });
    assert.equal(leftOf(first), true);
  });

  it("attaches where it is told to, if it is told", async () => {
    const { first, broker } = await attached();
    await first.send({ move: newMove({ address: "three:3", withinMs: 10_000 }) });
    assert.equal((await broker.next()).address, "three:3");
  });

  it("looks for another broker by itself if the new one goes before the old", async () => {
    const { link, first, second, broker } = await moved();
    send(link, "1");
    await settled();
    await second.break();
    assert.equal(link.isAttached, false);
    // The first is still open, though it is being left: nothing new goes there.
    const third = await broker.next();
    assert.equal(third.address, "two:2");
    await third.welcome({ epoch: "second", takenThrough: second.publishes[0]?.sequence ?? 0 });
    assert.deepEqual([ends, third.publishes.length, first.publishes.length], [["ok"], 0, 0]);
  });

  it("takes another address of the same broker for its old stream that broke", async () => {
    const { link, first, broker } = await attached();
    send(link, "1");
    send(link, "2");
    await settled();
    await first.send(move);
    const same = await broker.next();
    await same.welcome({ epoch: "first", takenThrough: 1 });
    assert.deepEqual([ends, same.payloads, link.isAttached], [["ok"], ["2"], true]);
  });

  describe("and has nowhere to go", () => {
    it("finishes there what it has, keeps what is new, and comes back once the broker has ended the stream", async () => {
      const { link, first, broker, statuses, deliveries } = await attached({ brokers: ["one:1"] });
      await first.deliver(1, { requester: 3, replyRequest: 9 });
      await first.send(move);
      assert.equal(link.isAttached, false);
      // While a handler is at work: any of these may be what it waits for.
      send(link, "sent by the handler");
      const nested = ask(link, { handling: deliveries[0] });
      await settled();
      assert.deepEqual([first.publishes.at(-1)?.awaiting.length, windowsOf(first)], [1, [6]]);
      await first.confirm(1, 2);
      await first.deliver(2, { name: 4, request: nested, activityId: one });
      link.done(deliveries[0] as Incoming);
      send(link, "new");
      send(link, "reply", { returnPath: deliveries[0]?.returnPath });
      await settled();
      assert.deepEqual(first.payloads, ["sent by the handler", "asked", "reply"]);
      await first.confirm(3, 3);
      assert.equal(leftOf(first), true);
      await first.end();
      const again = await broker.next();
      await again.welcome({ epoch: "again" });
      assert.deepEqual([again.payloads, ends], [["new"], ["ok", "ok", "ok"]]);
      assert.deepEqual(
        statuses.map(({ kind }) => kind),
        ["attached", "routes", "move", "detached", "left", "attached", "routes"],
      );
    });

    it("says that the broker shuts down, or why else it asks", async () => {
      const detail = "The token that it attached with is no longer accepted.";
      for (const [why, said] of [
        ["", /shutting down/],
        [detail, /attach again\. The token .* accepted\.$/],
      ] as const) {
        const { first, statuses } = await attached({ brokers: ["one:1"] });
        await first.send({ move: newMove({ withinMs: 10_000, detail: why }) });
        const errors = statuses.flatMap((status) => (status.kind === "detached" ? status.error.detail : []));
        assert.match(errors[0] ?? "", said);
        assert.ok(statuses.some((status) => status.kind === "move" && status.detail === why));
      }
    });

    it("gives up looking for another in time for its broker to end in order", async () => {
      const { link, first, broker } = await attached();
      await first.send({ move: newMove({ withinMs: 8 }) });
      await broker.next();
      while (!leftOf(first)) await settled();
      assert.equal(link.isAttached, false);
    });

    it("ends the stream itself if the broker does not", async () => {
      const { first, statuses } = await attached({ brokers: ["one:1"] });
      await first.send({ move: newMove({ withinMs: 1 }) });
      while (!statuses.some(({ kind }) => kind === "left")) await new Promise((resolve) => setTimeout(resolve, 10));
    });

    it("does not wait for the broker to come back where its process shuts down as well", async () => {
      const { link, first } = await attached({ brokers: ["one:1"] });
      await first.send(move);
      send(link, "new");
      const drained = link.drain(new AbortController().signal);
      assert.deepEqual(ends, ["DRAINING"]);
      await settled();
      assert.deepEqual([leftOf(first), windowsOf(first)], [true, [0]]);
      await first.end();
      await drained;
    });
  });

  it("leaves both brokers when it drains in between", async () => {
    const { link, first, second } = await moved();
    const drained = link.drain(new AbortController().signal);
    await settled();
    assert.deepEqual([leftOf(first), leftOf(second)], [true, true]);
    await first.end();
    await second.end();
    await drained;
  });
});
