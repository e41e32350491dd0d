import assert from "node:assert/strict";
import { handlerNumber } from "@exosphere/frames";
import { ExoError, newMove, newRefusal } from "@exosphere/proto";
import { outgoing, settled } from "./fixtures/scripted-broker.ts";
import { type StartedLink, startLink } from "./fixtures/start-link.ts";
import type { Link } from "./link.ts";
import type { LinkOptions } from "./link-config.ts";

describe("Link whose connection breaks", () => {
  const started: Link[] = [];
  const start = (options: Partial<LinkOptions> = {}): StartedLink => {
    const all = startLink(options);
    started.push(all.link);
    return all;
  };
  afterEach(() => {
    for (const link of started.splice(0)) link.close();
  });

  /** Sends messages of these payloads, and notes what becomes of them. */
  const sendAll = (link: Link, ...payloads: string[]): Map<string, string> => {
    const ends = new Map<string, string>();
    for (const payload of payloads) {
      link.send(outgoing({ payload }), (error) => ends.set(payload, error ? ExoError.from(error).reason : "ok"));
    }
    return ends;
  };

  it("sends again what the same broker has not taken, and nothing twice", async () => {
    const { link, broker } = start();
    const first = await broker.next();
    await first.welcome();
    const ends = sendAll(link, "1", "2", "3", "4");
    await settled();
    await first.confirm(1, 1);
    await first.break();
    const second = await broker.next();
    await second.welcome({
      takenThrough: 3,
      refusals: [newRefusal({ sequence: 3, reason: "QUEUE_FULL", detail: "", retryAfterMs: 0 })],
    });
    assert.deepEqual(second.payloads, ["4"]);
    assert.ok((second.publishes[0]?.sequence ?? 0) > 3);
    await second.confirm(second.publishes[0]?.sequence ?? 0, second.publishes[0]?.sequence ?? 0);
    assert.deepEqual([...ends].sort(), [
      ["1", "ok"],
      ["2", "ok"],
      ["3", "QUEUE_FULL"],
      ["4", "ok"],
    ]);
    assert.equal(link.pending.bytes, 0);
  });

  it("tells senders that nobody knows, where the same broker has forgotten the instance, and keeps requests that it has confirmed", async () => {
    const { link, broker } = start();
    const first = await broker.next();
    await first.welcome();
    const ends = sendAll(link, "1", "2");
    const answers = new Map<string, string>();
    for (const payload of ["accepted", "unconfirmed", "3"])
      link.request(outgoing({ name: "ask", payload }), (error) =>
        answers.set(payload, error ? ExoError.from(error).reason : "ok"),
      );
    await settled();
    assert.deepEqual(first.payloads, ["1", "2", "accepted", "unconfirmed", "3"]);
    await first.confirm(1, 1);
    await first.confirm(3, 3);
    await first.break();
    const second = await broker.next();
    // Up to 4 something was taken from somebody: the fifth was not.
    await second.welcome({ takenThrough: 4, uncertainThrough: 4 });
    assert.deepEqual([...ends].sort(), [
      ["1", "ok"],
      ["2", "BROKER_UNAVAILABLE"],
    ]);
    assert.deepEqual([...answers], [["unconfirmed", "BROKER_UNAVAILABLE"]]);
    assert.deepEqual(second.payloads, ["3"]);
    const { request, sequence } = second.publishes[0] ?? { request: 0, sequence: 0 };
    assert.ok(sequence > 4);
    await second.confirm(sequence, sequence);
    await second.deliver(1, { name: 4, request, activityId: second.publishes[0]?.activityId ?? new Uint8Array() });
    assert.equal(answers.get("3"), "ok");
    const [, , accepted] = first.publishes;
    assert.ok(accepted);
    await second.deliver(2, { name: 4, request: accepted.request, activityId: accepted.activityId });
    assert.equal(answers.get("accepted"), "ok");
  });

  it("tells the senders of what the same broker has taken, and may have forgotten to have refused", async () => {
    const { link, broker } = start();
    const first = await broker.next();
    await first.welcome();
    const ends = sendAll(link, "1", "2", "3", "4");
    await settled();
    await first.break();
    const refusals = [newRefusal({ sequence: 3, reason: "QUEUE_FULL" })];
    const second = await broker.next();
    await second.welcome({ takenThrough: 4, uncertainThrough: 2, undecided: [1], refusals });
    assert.deepEqual(
      [...ends],
      [
        ["2", "BROKER_UNAVAILABLE"],
        ["3", "QUEUE_FULL"],
        ["4", "ok"],
      ],
    );
    assert.deepEqual(second.payloads, []);
    await second.confirm(1, 1);
    assert.equal(ends.get("1"), "ok");
  });

  it("goes on to wait for what the same broker has taken, but not decided on", async () => {
    const { link, broker } = start();
    const first = await broker.next();
    await first.welcome();
    const ends = sendAll(link, "1", "2", "3");
    await settled();
    await first.confirm(3, 3);
    await first.break();
    const second = await broker.next();
    assert.equal(second.registration?.confirmedThrough, 0);
    await second.welcome({ takenThrough: 3, undecided: [1, 2] });
    assert.deepEqual(second.payloads, []);
    const refusal = newRefusal({ sequence: 2, reason: "REFUSED_BY_SECURITY" });
    await second.confirm(2, 2, [refusal]);
    assert.deepEqual(
      [...ends],
      [
        ["3", "ok"],
        ["2", "REFUSED_BY_SECURITY"],
      ],
    );
    await second.confirm(1, 1);
    assert.equal(ends.get("1"), "ok");
    assert.equal(link.pending.bytes, 0);
  });

  it("sends what was never given to the stream, in its order, also to another life of the broker", async () => {
    const { link, broker } = start();
    const first = await broker.next();
    await first.welcome({ epoch: "first life" });
    const ends = sendAll(link, "1");
    await settled();
    first.setReading(false);
    // The frame that meets the back pressure is given to the stream; what comes after is not.
    for (const [payload, end] of sendAll(link, "2")) ends.set(payload, end);
    const more = sendAll(link, "2");
    await settled();
    const unsent = sendAll(link, "3", "4");
    await settled();
    await first.break();
    const second = await broker.next();
    await second.welcome({ epoch: "second life" });
    assert.deepEqual([ends.get("1"), more.get("2")], ["BROKER_UNAVAILABLE", "BROKER_UNAVAILABLE"]);
    assert.deepEqual([second.payloads, unsent.size], [["3", "4"], 0]);
  });

  it("tells senders that another life of the broker cannot know what became of their messages", async () => {
    const { link, broker } = start();
    const first = await broker.next();
    await first.welcome({ epoch: "first life" });
    const ends = sendAll(link, "1", "2");
    await settled();
    await first.break();
    const waits = sendAll(link, "3");
    const second = await broker.next();
    await second.welcome({ epoch: "second life", takenThrough: 2 });
    assert.deepEqual([...ends.values()], ["BROKER_UNAVAILABLE", "BROKER_UNAVAILABLE"]);
    assert.deepEqual([second.payloads, waits.size], [["3"], 0]);
  });

  it("resends nothing of an earlier life that its own callers send again at that moment", async () => {
    const { link, broker } = start();
    const first = await broker.next();
    await first.welcome({ epoch: "first life" });
    const again = (payload: string) => () => link.send(outgoing({ payload: `${payload} again` }), () => {});
    for (const payload of ["1", "2"]) link.send(outgoing({ payload }), again(payload));
    await settled();
    await first.break();
    const second = await broker.next();
    await second.welcome({ epoch: "second life" });
    assert.deepEqual(second.payloads, ["1 again", "2 again"]);
  });

  it("keeps its sequences rising, however often it breaks", async () => {
    const { link, broker } = start();
    let taken = 0;
    let end = await broker.next();
    await end.welcome();
    for (let round = 0; round < 5; round += 1) {
      sendAll(link, `${round} written`);
      await settled();
      end.setReading(false);
      sendAll(link, `${round} met the pressure`);
      await settled();
      sendAll(link, `${round} unsent`, `${round} unsent too`);
      await end.break();
      const sequences = end.publishes.map(({ sequence }) => sequence);
      assert.deepEqual(
        sequences,
        [...sequences].sort((a, b) => a - b),
      );
      assert.ok(sequences.every((sequence) => sequence > taken));
      // The broker took the first of them only.
      taken = sequences[0] ?? taken;
      end = await broker.next();
      await end.welcome({ takenThrough: taken });
    }
    assert.equal(new Set(end.payloads).size, end.payloads.length);
    assert.equal(end.payloads.length, 5 * 4 - 5);
  });

  it("has the same key for each of its brokers and each of their lives, and no other link has it", async () => {
    const { broker } = start({ brokers: ["one:1", "two:2"] });
    const ends = [await broker.next()];
    for (let times = 0; times < 2; times += 1) {
      await ends.at(-1)?.break();
      ends.push(await broker.next());
    }
    const other = await start().broker.next();
    const [first, second, third, others] = [...ends, other].map(({ registration }) => hexOf(registration?.key));
    assert.deepEqual([first?.length, second, third], [32, first, first]);
    assert.notEqual(others, first);
  });

  it("copies a return path to whichever life of the broker it is attached to", async () => {
    const { link, broker, deliveries } = start({ window: 1 });
    const first = await broker.next();
    await first.welcome({ epoch: "first life" });
    await first.deliver(1, { requester: 3, replyRequest: 9 });
    const returnPath = deliveries[0]?.returnPath;
    assert.deepEqual(returnPath, { requester: 3, replyRequest: 9 });
    await first.break();
    const second = await broker.next();
    await second.welcome({ epoch: "first life" });
    link.send(outgoing({ payload: "same", returnPath }), () => {});
    await settled();
    await second.confirm(1, 1);
    await second.break();
    const third = await broker.next();
    await third.welcome({ epoch: "second life" });
    link.send(outgoing({ payload: "other", returnPath }), () => {});
    await settled();
    assert.deepEqual(
      [...second.publishes, ...third.publishes].map(({ requester, replyRequest }) => [requester, replyRequest]),
      [
        [3, 9],
        [3, 9],
      ],
    );
  });

  it("settles nothing on its next connection that came on the one before", async () => {
    const { link, broker, deliveries } = start({ window: 1 });
    const first = await broker.next();
    await first.welcome();
    await first.deliver(1, {});
    await first.break();
    const second = await broker.next();
    await second.welcome();
    const [old] = deliveries;
    assert.ok(old);
    link.done(old);
    link.settle(old, { outcome: "retry", retryAfterMs: 0, detail: "" });
    await settled();
    assert.ok(second.frames.every(({ done, settlements }) => done.length + settlements.length === 0));
  });

  it("still gets the answer to a request that was under way", async () => {
    const { link, broker } = start();
    const first = await broker.next();
    await first.welcome();
    const answer = new Promise<string | undefined>((resolve) =>
      link.request(outgoing({ name: "ask", activityId: "one" }), (_, reply) => resolve(reply?.name)),
    );
    await settled();
    const request = first.publishes[0]?.request ?? 0;
    await first.confirm(1, 1);
    await first.break();
    const second = await broker.next();
    await second.welcome({ takenThrough: 1 });
    await second.deliver(1, { name: 4, request, activityId: Buffer.from("one") });
    assert.equal(await answer, "answer");
  });

  it("pauses where brokers take it in only to drop it at once", async () => {
    const { broker, statuses } = start({ brokers: ["one:1", "two:2"], minBackoffMs: 1, maxBackoffMs: 60_000 });
    for (let round = 0; round < 4; round += 1) {
      const end = await broker.next();
      await end.welcome();
      await end.break();
    }
    const pauses = statuses.flatMap((status) => (status.kind === "detached" ? status.retryMs : []));
    assert.deepEqual(
      pauses.map((pauseMs) => pauseMs > 0),
      [false, true, false, true],
    );
    // The second pause is drawn from 1 to 2 ms, the first from 0.5 to 1.
    assert.ok((pauses[3] ?? 0) >= (pauses[1] ?? 0));
  });

  it("gets the answer to a request that a broker confirmed before it was killed, from its next life or another broker", async () => {
    for (const next of ["second life", "another broker"]) {
      const { link, broker } = start({ brokers: ["one:1", "two:2"] });
      const first = await broker.next();
      await first.welcome({ epoch: "first life" });
      const answers: (string | undefined)[] = [];
      link.request(outgoing({ name: "ask", activityId: "one" }), (_, reply) => answers.push(reply?.name));
      await settled();
      const request = first.publishes[0]?.request ?? 0;
      await first.confirm(1, 1);
      await first.break();
      const second = await broker.next();
      await second.welcome({ epoch: next });
      assert.deepEqual([answers, link.pending.requests, second.publishes.length], [[], 1, 0]);
      await second.deliver(1, { name: 4, request, activityId: Buffer.from("one") });
      assert.deepEqual([answers, link.pending.requests], [["answer"], 0]);
    }
  });

  it("waits at its next broker for the answer to a request that an earlier one confirmed, before it leaves that", async () => {
    const { link, broker } = start({ brokers: ["one:1", "two:2"] });
    const first = await broker.next();
    await first.welcome({ epoch: "first" });
    link.request(outgoing({ name: "ask", activityId: "one" }), () => {});
    await settled();
    await first.confirm(1, 1);
    await first.break();
    const second = await broker.next();
    await second.welcome({ epoch: "second" });
    await second.send({ move: newMove({ withinMs: 10_000 }) });
    await (await broker.next()).welcome({ epoch: "third" });
    const hasLeft = () => second.frames.some(({ leave }) => leave !== undefined);
    assert.equal(hasLeft(), false);
    const request = first.publishes[0]?.request ?? 0;
    await second.deliver(1, { name: 4, request, activityId: Buffer.from("one") });
    assert.equal(hasLeft(), true);
  });

  it("names a handler that works on since an earlier connection, and keeps no slot free for it on the next", async () => {
    const { link, broker, deliveries } = start({ window: 2 });
    const first = await broker.next();
    await first.welcome();
    await first.deliver(1, { of: { id: Buffer.from("old") } });
    await first.break();
    const second = await broker.next();
    await second.welcome();
    link.request(outgoing({ name: "ask", handling: deliveries[0] }), () => {});
    await settled();
    assert.deepEqual(
      second.publishes.map(({ awaiting }) => awaiting),
      [[handlerNumber("web", "activity", "old")]],
    );
    assert.ok(second.frames.every(({ credit }) => credit === undefined));
  });
});

function hexOf(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString("hex");
}
