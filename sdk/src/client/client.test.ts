import assert from "node:assert/strict";
import { type ExoError, newUndeliverable } from "@exosphere/proto";
import { Client } from "./client.ts";
import { clientConfig } from "./client-options.ts";
import { connectedClient, MemoryBroker } from "./memory-broker.fixture.ts";

describe("A client", () => {
  let broker: MemoryBroker;
  let client: Client;

  beforeEach(async () => {
    ({ broker, client } = await connectedClient());
  });
  afterEach(() => client.close());

  it("takes no deliveries", () => {
    assert.equal(broker.registration?.role, "tester");
    assert.equal(broker.window, 0);
  });

  it("sends a message as JSON and says under which ids", async () => {
    const sent = await client.send("ask", { a: 1 }, { auth: { user: 1 } });
    const [published] = broker.published;
    assert.deepEqual(published?.text, { name: "ask", payload: '{"a":1}', auth: '{"user":1}', responseTo: "" });
    assert.equal(sent.activityId, Buffer.from(published?.activityId ?? "").toString());
    assert.equal(published?.request, 0);
    assert.deepEqual(await client.send("ask", null, { id: "i", activityId: "a" }), { id: "i", activityId: "a" });
  });

  it("takes a member of its options that is undefined for one that is not given", async () => {
    const nothing = { id: undefined, activityId: undefined, deadlineMs: undefined, signal: undefined, auth: undefined };
    await client.send("ask", 1, nothing);
    await client.send("ask", 1, undefined);
    assert.deepEqual(broker.published.map(({ text }) => text.auth), ["", ""]); // biome-ignore format: one line
  });

  it("leaves at the first deadline that fires, of all callers of drain", async () => {
    broker.isConfirming = false;
    const waiting = client.send("ask", 1);
    const never = new AbortController();
    const drained = client.drain(never.signal);
    await Promise.all([
      assert.rejects(waiting, { reason: "DRAINING" }),
      assert.doesNotReject(client.drain(AbortSignal.abort())),
      drained,
    ]);
  });

  it("sends nothing for an absent payload", async () => {
    await client.send("ask");
    assert.equal(broker.published[0]?.text.payload, "");
  });

  it("rejects with the reason for which the bus refuses", async () => {
    broker.refusing = "QUEUE_FULL";
    await assert.rejects(client.send("ask"), { name: "ExoError", reason: "QUEUE_FULL" });
    await assert.rejects(client.request("ask"), { name: "ExoError", reason: "QUEUE_FULL" });
    await assert.rejects(client.send("unheard"), { reason: "NOT_ALLOWED" });
  });

  it("refuses what is no message before it leaves", async () => {
    const cycle: unknown[] = [];
    cycle.push(cycle);
    const throwing = { toJSON: () => assert.fail("of its own") };
    for (const [payload, why] of [
      [cycle, /'ask' cannot be written as JSON: it contains itself\. Send only/],
      [{ a: 1n }, /it contains a BigInt\. Send that as text/],
      [() => {}, /it is a function/],
      [throwing, /a toJSON or a getter in it threw/],
    ] as const) {
      await assert.rejects(client.send("ask", payload), { reason: "INVALID_MESSAGE", detail: why });
    }
    await assert.rejects(
      client.send("ask", 1, { deadlineMs: "5" as never }),
      /deadlineMs is the text '5', but must be/,
    );
    for (const options of [
      { id: "" },
      { activityId: "x".repeat(256) },
      { activityId: "a\nb" },
      { id: "half \ud83d" },
      { deadlineMs: 0 },
      { deadlineMs: Number.NaN },
    ]) {
      await assert.rejects(client.send("ask", 1, options), { reason: "INVALID_MESSAGE" });
    }
    for (const options of [{ deadline: 5 }, { deadlineMs: "100" }, { signal: 5 }, "fast", null]) {
      await assert.rejects(client.send("ask", 1, options as never), { reason: "INVALID_MESSAGE" });
    }
    for (const options of [{ traceparent: 5 }, { tracestate: ["a=1"] }]) {
      await assert.rejects(client.request("ask", 1, options as never), { reason: "INVALID_MESSAGE" });
      assert.equal(client.pending.requests, 0);
    }
    for (const name of [undefined, 5, "", "a\nb", "a\u0085b", "half \ud83d", "x".repeat(256)]) {
      await assert.rejects(client.request(name as never, 1), { reason: "INVALID_MESSAGE" });
    }
    await assert.rejects(client.send("ask", "x".repeat(999)), { reason: "PAYLOAD_TOO_LARGE" });
    assert.deepEqual(broker.published, []);
  });

  it("takes replies for as long as a deadline can be, and no signal that is none", async () => {
    const replies = client.requestMany("ask", 1, { withinMs: Number.POSITIVE_INFINITY });
    const first = replies.next();
    await broker.settle();
    assert.equal(broker.published.length, 1);
    client.close();
    await assert.rejects(first, { reason: "DRAINING" });
    assert.throws(() => client.requestMany("ask", 1, { signal: {} as never }), /'signal' must be an AbortSignal/);
  });

  it("resolves a request with its reply", async () => {
    const reply = client.request("ask", 1, { activityId: "activity" });
    await broker.settle();
    const request = broker.published[0]?.request ?? 0;
    assert.ok(request > 0);
    await broker.deliver("answer", { n: 2 }, { request }, '"me"');
    assert.deepEqual(await reply, {
      name: "answer",
      payload: { n: 2 },
      id: "7",
      activityId: "activity",
      responseTo: undefined,
      auth: "me",
      timestamp: "2023-11-14T22:13:20.000000005Z",
      responseTime: 0,
      attempt: 1,
    });
  });

  it("rejects a request with the reason for which there is no reply", async () => {
    const reply = client.request("ask");
    await broker.settle();
    broker.send({
      undeliverables: [
        newUndeliverable({
          request: broker.published[0]?.request ?? 0,
          reason: "NO_INSTANCE",
          detail: "",
          activityId: new Uint8Array(),
          facts: { role: "sink" },
        }),
      ],
    });
    await assert.rejects(reply, ({ reason, facts }: ExoError) => {
      assert.deepEqual([reason, facts.role], ["NO_INSTANCE", "sink"]);
      return true;
    });
    await assert.rejects(client.request("ask", 1, { deadlineMs: 5 }), { reason: "DEADLINE_EXCEEDED" });
  });

  it("rejects a reply that is not JSON", async () => {
    const reply = client.request("ask", 1, { activityId: "activity" });
    await broker.settle();
    const rejected = assert.rejects(reply, { reason: "INVALID_MESSAGE" });
    await broker.deliver("answer", "{", { request: broker.published[0]?.request ?? 0 });
    await rejected;
  });

  it("abandons a request when its signal fires, with the signal's reason", async () => {
    const abort = new AbortController();
    const reply = client.request("ask", 1, { signal: abort.signal });
    await broker.settle();
    const rejected = assert.rejects(reply, /enough/);
    abort.abort(new Error("enough"));
    await rejected;
    await broker.settle();
    assert.deepEqual(broker.abandoned, [broker.published[0]?.request]);
    await assert.rejects(client.request("ask", 1, { signal: abort.signal }), /enough/);
    await assert.rejects(client.send("ask", 1, { signal: abort.signal }), /enough/);
    assert.equal(broker.published.length, 1);
  });

  it("keeps nothing of what was cancelled while the bus is away, and never sends it", async () => {
    client.close();
    broker = new MemoryBroker();
    client = new Client(broker.config);
    const abort = new AbortController();
    const { signal } = abort;
    const replies = client.requestMany("ask", 1, { signal });
    const all = [client.send("ask", 1, { signal }), client.request("ask", 1, { signal }), replies.next()];
    const rejected = Promise.all(all.map((each) => assert.rejects(each, /enough/)));
    assert.equal(client.pending.messages, 3);
    abort.abort(new Error("enough"));
    assert.deepEqual([client.pending.messages, client.pending.requests], [0, 0]);
    await rejected;
    await client.ready();
    await client.send("ask", "kept");
    assert.equal(broker.published.length, 1);
  });

  it("leaves once what it sent is confirmed and answered", async () => {
    const reply = client.request("ask", 1, { activityId: "activity" });
    await broker.settle();
    const drained = client.drain();
    await assert.rejects(client.send("ask"), { reason: "DRAINING" });
    assert.equal(broker.hasLeft, false);
    await broker.deliver("answer", 2, { request: broker.published[0]?.request ?? 0 });
    await reply;
    await drained;
    assert.equal(broker.hasLeft, true);
  });

  it("refuses what is no signal and no listener", async () => {
    await assert.rejects(client.drain(5 as never), /TypeError: drain\(\) takes an AbortSignal/);
    await assert.rejects(client.ready(5 as never), /TypeError: ready\(\) takes an AbortSignal/);
    assert.throws(() => client.onStatus(5 as never), /TypeError: onStatus\(\) takes a function/);
    await client.send("ask");
  });

  it("rejects what waits when it is closed", async () => {
    const reply = client.request("ask");
    client.close();
    await assert.rejects(reply, { reason: "DRAINING" });
  });
});

describe("clientConfig", () => {
  const brokersOf = (...input: Parameters<typeof clientConfig>) => clientConfig(...input).link.brokers;

  it("prefers what is said to the environment, and the sidecar to a broker", () => {
    const env = { ROLE: "web", EXOCOM_SOCKET: "/run/exo.sock", EXOCOM_BROKER: "a:1, b:2" };
    assert.equal(clientConfig({}, env).role, "web");
    assert.equal(clientConfig({ role: "users" }, env).role, "users");
    assert.deepEqual(brokersOf({}, env), ["unix:/run/exo.sock"]);
    assert.deepEqual(brokersOf({ broker: "c:3" }, env), ["c:3"]);
    assert.deepEqual(brokersOf({ socket: "/s", broker: "c:3" }, env), ["unix:/s"]);
    assert.deepEqual(brokersOf({}, { ROLE: "web", EXOCOM_BROKER: "a:1, b:2" }), ["a:1", "b:2"]);
    assert.deepEqual(brokersOf({}, { ROLE: "web" }), ["127.0.0.1:4100"]);
  });

  it("refuses what is not an address in the environment, and says which variable it is and what to write", () => {
    const refuses = (env: Record<string, string>, text: RegExp) =>
      assert.throws(() => clientConfig({ role: "web" }, env), { name: "TypeError", message: text });
    refuses({ EXOCOM_BROKER: "http://bus:4100/" }, /EXOCOM_BROKER 'http:\/\/bus:4100\/' must be .* write bus:4100\./);
    refuses({ EXOCOM_BROKER: "a:1,grpc://bus" }, /without a scheme or a path: write bus:4100\./);
    refuses({ EXOCOM_BROKER: "bus" }, /EXOCOM_BROKER 'bus' must be brokers as host:port/);
    refuses({ EXOCOM_SOCKET: "unix:///run/exo.sock" }, /EXOCOM_SOCKET .* write \/run\/exo\.sock\./);
    const broker = "https://me:secret@bus";
    assert.throws(() => clientConfig({ role: "web", broker }, {}), /'broker' must be .*: write bus:4100\.$/);
    assert.deepEqual(brokersOf({ role: "web", broker: "a:1" }, { EXOCOM_BROKER: "http://unused" }), ["a:1"]);
  });

  it("takes an option that is undefined for one that is not given", () => {
    const nothing = { socket: undefined, broker: undefined, token: undefined, log: undefined, transport: undefined };
    const { link, concurrency } = clientConfig({ role: "web", concurrency: undefined, ...nothing }, {});
    assert.deepEqual([link.brokers, concurrency, "token" in link], [["127.0.0.1:4100"], 64, false]);
  });

  it("needs a role", () => {
    assert.throws(() => clientConfig({}, {}), TypeError);
  });
});
