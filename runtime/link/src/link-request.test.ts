import assert from "node:assert/strict";
import { encodeEnvelope } from "@exosphere/frames";
import {
  Envelope,
  ExoError,
  newDelivery,
  newPartitionMap,
  newRefusal,
  newSettlement,
  newUndeliverable,
  newWanted,
  type Settlement,
} from "@exosphere/proto";
import { outcomeNumbers } from "@exosphere/proto/outcomes";
import { type BrokerEnd, outgoing, settled } from "./fixtures/scripted-broker.ts";
import { type StartedLink, startLink } from "./fixtures/start-link.ts";
import type { Incoming } from "./incoming.ts";
import type { Link } from "./link.ts";
import type { LinkOptions } from "./link-config.ts";
import type { Outgoing } from "./outgoing.ts";
import { wireFailureOf } from "./wire-error.ts";

const none = new Uint8Array();

describe("Link that asks", () => {
  const started: Link[] = [];
  const start = async (options: Partial<LinkOptions> = {}): Promise<StartedLink & { end: BrokerEnd }> => {
    const all = startLink(options);
    started.push(all.link);
    const end = await all.broker.next();
    await end.welcome();
    return { ...all, end };
  };
  afterEach(() => {
    for (const link of started.splice(0)) link.close();
  });

  const answers: { error: ExoError | undefined; reply: Incoming | undefined }[] = [];
  beforeEach(() => answers.splice(0));
  const ask = (link: Link, fields: Partial<Omit<Outgoing, "payload">> = {}) =>
    link.request(outgoing({ name: "ask", activityId: "one", ...fields }), (error, reply) =>
      answers.push({ error: error && ExoError.from(error), reply }),
    );
  const one = Buffer.from("one");
  const settlementsOf = (end: BrokerEnd): Settlement[] => end.frames.flatMap(({ settlements }) => settlements);
  const doneOf = (end: BrokerEnd): number[] => end.frames.flatMap(({ done }) => done);

  it("gets the reply, settles it, and hands it to nobody else", async () => {
    const { link, end, deliveries } = await start();
    const request = ask(link);
    await settled();
    assert.equal(end.publishes[0]?.request, request);
    await end.deliver(1, { name: 4, request, activityId: one });
    assert.deepEqual(
      answers.map(({ error, reply }) => [error, reply?.name]),
      [[undefined, "answer"]],
    );
    assert.deepEqual([deliveries.length, link.pending.requests], [0, 0]);
    // With the next thing that is in a hurry.
    link.setWindow(1);
    await settled();
    assert.deepEqual(doneOf(end), [1]);
  });

  it("returns a reply that came too late, for it may be of use to another", async () => {
    const { link, end, deliveries } = await start();
    const request = ask(link);
    link.abandon(request);
    await end.deliver(5, { name: 4, request, activityId: one });
    assert.deepEqual([answers.length, deliveries.length], [0, 0]);
    assert.deepEqual(settlementsOf(end), [newSettlement({ delivery: 5, outcome: outcomeNumbers.returned })]);
  });

  it("does not take a reply of another activity: it was made up", async () => {
    const { link, end, deliveries } = await start();
    const request = ask(link);
    await end.deliver(5, { name: 4, request, activityId: Buffer.from("other") });
    assert.deepEqual([answers.length, deliveries.length, link.pending.requests], [0, 0, 1]);
    assert.deepEqual(
      settlementsOf(end).map(({ delivery, outcome }) => [delivery, outcome]),
      [[5, outcomeNumbers.returned]],
    );
  });

  it("knows a reply without a return path by what it responds to", async () => {
    const { link, end, deliveries } = await start();
    ask(link, { id: "question" });
    const of = { responseTo: Buffer.from("question") };
    await end.deliver(1, { name: 4, activityId: Buffer.from("other"), of });
    assert.deepEqual([answers.length, deliveries.length], [0, 1]);
    await end.deliver(2, { name: 4, activityId: one, of });
    assert.deepEqual([answers.length, deliveries.length], [1, 1]);
  });

  it("hears from the bus why no answer can come", async () => {
    const { link, end } = await start();
    const request = ask(link);
    await end.send({
      undeliverables: [
        newUndeliverable({ request, reason: "NO_INSTANCE", detail: "nobody there", activityId: none, facts: {} }),
      ],
    });
    assert.deepEqual(
      answers.map(({ error }) => [error?.reason, error?.detail]),
      [["NO_INSTANCE", "nobody there"]],
    );
    await end.send({
      undeliverables: [
        newUndeliverable({ request, reason: "NO_INSTANCE", detail: "nobody there", activityId: none, facts: {} }),
      ],
    });
    assert.equal(answers.length, 1);
  });

  it("hears everything that the bus says of a failure", async () => {
    const { link, end } = await start();
    const failure = { reason: "NO_INSTANCE", detail: "nobody there", facts: { role: "users" }, retryAfterMs: 250 };
    const request = ask(link);
    ask(link);
    await settled();
    await end.send({ undeliverables: [newUndeliverable({ ...failure, request })] });
    await end.confirm(2, 2, [newRefusal({ ...failure, sequence: 2 })]);
    assert.deepEqual(
      answers.map(({ error }) => error && wireFailureOf(error)),
      [failure, failure],
    );
  });

  it("hears that a broker of a group has not taken what another owns", async () => {
    const { link, end } = await start();
    ask(link);
    await settled();
    await end.send({ moved: [1], map: newPartitionMap({ revision: 1 }), wanted: newWanted({ lanes: 1 }) });
    assert.deepEqual(
      answers.map(({ error }) => error?.reason),
      ["BROKER_UNAVAILABLE"],
    );
  });

  it("believes that a reply was refused only in its own activity", async () => {
    const { link, end } = await start();
    const request = ask(link);
    const refused = { request, reason: "NOT_ALLOWED", detail: "not received", facts: {} };
    await end.send({ undeliverables: [newUndeliverable({ ...refused, activityId: Buffer.from("other") })] });
    assert.deepEqual([answers.length, link.pending.requests], [0, 1]);
    await end.send({ undeliverables: [newUndeliverable({ ...refused, activityId: one })] });
    assert.deepEqual(
      answers.map(({ error }) => error?.reason),
      ["NOT_ALLOWED"],
    );
  });

  it("hears when its question was refused", async () => {
    const { link, end } = await start();
    ask(link);
    await settled();
    await end.confirm(1, 1, [newRefusal({ sequence: 1, reason: "QUEUE_FULL", detail: "later", retryAfterMs: 250 })]);
    assert.deepEqual(
      answers.map(({ error }) => [error?.reason, error?.retryAfterMs]),
      [["QUEUE_FULL", 250]],
    );
    ask(link, { name: "unheard" });
    assert.equal(answers[1]?.error?.reason, "NO_RECEIVERS");
    assert.equal(link.pending.requests, 0);
  });

  it("gives up at its deadline with DEADLINE_EXCEEDED, and tells the broker", async () => {
    const { link, end } = await start();
    const { promise, resolve } = Promise.withResolvers<Error | undefined>();
    const request = link.request(outgoing({ name: "ask", deadlineMs: 20 }), resolve);
    await settled();
    assert.ok((end.publishes[0]?.lifetimeMs ?? 20) < 20, "the bus gives up a little earlier");
    await end.confirm(1, 1);
    assert.equal(ExoError.from(await promise).reason, "DEADLINE_EXCEEDED");
    await settled();
    assert.deepEqual(
      end.frames.flatMap(({ abandoned }) => abandoned),
      [request],
    );
  });

  it("waits for as long as the bus does if it was given no deadline", async () => {
    const { link, end } = await start();
    const request = ask(link, { deadlineMs: 0 });
    await settled();
    await end.deliver(1, { name: 4, request, activityId: one });
    assert.deepEqual(
      answers.map(({ reply }) => reply?.name),
      ["answer"],
    );
  });

  it("gets BROKER_UNAVAILABLE if the broker is away until the deadline", async () => {
    const { link, broker } = startLink();
    started.push(link);
    await broker.next();
    const { promise, resolve } = Promise.withResolvers<Error | undefined>();
    link.request(outgoing({ name: "ask", deadlineMs: 20 }), resolve);
    assert.equal(ExoError.from(await promise).reason, "BROKER_UNAVAILABLE");
    assert.equal(link.pending.requests, 0);
  });

  it("does not send what nobody waits for any more, nor keep its place, where no broker had it", async () => {
    const { link, broker } = startLink({ maxOutboxMessages: 3 });
    started.push(link);
    const first = await broker.next();
    const forwarded = { name: "ask", activityId: one, envelope: none, deadlineMs: 0, returnPath: undefined, isReplyGuessed: false, confirmWithinMs: 0, awaiting: [] }; // biome-ignore format: one line
    const told: (Error | undefined)[] = [];
    const accepted = (error: Error | undefined) => told.push(error);
    const entry = link.send(outgoing(), accepted);
    const numbers = [ask(link), link.forward(forwarded, accepted, () => assert.fail("nobody waits"))];
    assert.equal(link.pending.messages, 3);
    for (const number of numbers) link.abandon(number);
    assert.ok(entry);
    link.withdraw(entry);
    assert.deepEqual(link.pending, { messages: 0, bytes: 0, requests: 0 });
    assert.equal(answers.length, 0);
    assert.deepEqual(
      told.map((error) => ExoError.from(error).reason),
      ["BROKER_UNAVAILABLE", "BROKER_UNAVAILABLE"],
    );
    link.send(outgoing({ id: "kept" }), accepted);
    await first.welcome();
    await settled();
    assert.equal(first.publishes.length, 1);
    assert.deepEqual(
      first.frames.flatMap(({ abandoned }) => abandoned),
      [],
    );
  });

  it("leaves what a broker may have when nobody waits for it any more, as it must not be forgotten there", async () => {
    const { link, end, broker } = await start();
    const request = ask(link);
    const entry = link.send(outgoing(), () => {});
    await settled();
    link.abandon(request);
    assert.ok(entry);
    link.withdraw(entry);
    assert.equal(link.pending.messages, 2);
    await end.break();
    const again = await broker.next();
    await again.welcome();
    await settled();
    assert.equal(again.publishes.length, 2);
  });

  it("tells how often a delivery has failed, and that one without an end is of use for ever", async () => {
    const { end, deliveries } = await start();
    await end.deliver(1, { attempt: 4, failures: 2, lifetimeMs: 0 });
    const [incoming] = deliveries;
    assert.deepEqual([incoming?.attempt, incoming?.failures, incoming?.dueMs], [4, 2, Number.POSITIVE_INFINITY]);
  });

  it("gives ordinary deliveries to the app, under its own name for them", async () => {
    const { end, link, deliveries } = await start();
    await end.deliver(0xffff_ffff, { name: 5, attempt: 2, of: { id: Buffer.from("ü"), payload: Buffer.from("[1]") } });
    const [incoming] = deliveries;
    assert.ok(incoming);
    assert.deepEqual([incoming.name, incoming.id, incoming.attempt, incoming.activityId], ["news", "ü", 2, "activity"]);
    assert.equal(Buffer.from(incoming.envelope.payload).toString(), "[1]");
    assert.equal(incoming.returnPath, undefined);
    link.done(incoming);
    await settled();
    assert.deepEqual(doneOf(end), [0xffff_ffff]);
  });

  it("numbers the deliveries of a frame as the contract does, past 2^32", async () => {
    const { end, deliveries } = await start();
    const envelope = encodeEnvelope({ ...Envelope.decode(Buffer.alloc(0)), id: Buffer.from("id") });
    const all = [1, 2, 3].map(() => newDelivery({ name: 5, activityId: one, deadlineMs: 1, attempt: 1, envelope }));
    await end.send({ firstDelivery: 0xffff_fffe, deliveries: all });
    assert.deepEqual(
      deliveries.map(({ number }) => number),
      [0xffff_fffe, 0xffff_ffff, 1],
    );
  });

  it("survives what is no message, and settles it as dead", async () => {
    const { end, link, deliveries } = await start();
    ask(link);
    const garbage = Buffer.from([0x0a, 0x7f, 0x01]);
    await end.deliver(1, { envelope: garbage });
    await end.deliver(2, { envelope: garbage, name: 4, request: 1, activityId: one });
    await end.deliver(3, {});
    assert.deepEqual(
      deliveries.map(({ number }) => number),
      [3],
    );
    assert.deepEqual(
      settlementsOf(end).map(({ delivery, outcome }) => [delivery, outcome]),
      [
        [1, outcomeNumbers.dead],
        [2, outcomeNumbers.dead],
      ],
    );
  });

  it("asks for the topology", async () => {
    const { end, link } = await start();
    const topology = { epoch: "epoch", revision: 1, roles: [] };
    const asked = link.topology();
    await end.send({ topology });
    assert.deepEqual(await asked, topology);
    const lost = assert.rejects(link.topology(), { reason: "BROKER_UNAVAILABLE" });
    await end.break();
    await lost;
    await assert.rejects(link.topology(), { reason: "BROKER_UNAVAILABLE" });
  });
});
