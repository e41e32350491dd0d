import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeEnvelope } from "@exosphere/frames";
import { newEnvelope } from "@exosphere/proto";
import { BrokerProcess } from "@exosphere/testkit";
import { type AttachCall, BareClient, type Fields, registration } from "@exosphere/testkit/bare-client";

const routes = {
  web: { sends: ["create", "nobody hears this"], receives: ["created"] },
  users: {
    sends: ["created"],
    receives: ["make"],
    translations: [{ public: "create", internal: "make" }],
  },
};

const text = (value: string) => Buffer.from(value);

/** A message as its sender encodes it. */
const envelope = (id: string, payload = "null") =>
  Buffer.from(encodeEnvelope(newEnvelope({ id: text(id), auth: text('{"user":1}'), payload: text(payload) })));

describe("Who watches a broker", () => {
  let broker: BrokerProcess;
  let client: BareClient;
  const calls: { cancel(): void }[] = [];

  before(async () => {
    broker = await BrokerProcess.start({ routes });
  });
  beforeEach(() => {
    client = new BareClient(broker.port);
  });
  afterEach(() => {
    for (const call of calls.splice(0)) call.cancel();
    client.close();
  });
  after(() => broker.stop());

  const attach = async (role: string, credit = 1000): Promise<AttachCall> => {
    const call = client.attach().send(registration({ role, instance_id: `${role}-1`, credit }));
    calls.push(call);
    await call.frameWith("attached");
    return call;
  };
  const open = (method: "Tap" | "WatchStats", request: object = {}) => {
    const call = client.watch(method, request);
    calls.push(call);
    return call;
  };
  const kinds = (events: readonly Fields[]) => events.map(({ kind }) => String(kind).replace("KIND_", ""));

  it("is told the whole life of a message: who sent what, to whom, under which name, how long it took, how it ended", async () => {
    const tap = await open("Tap", { with_payload: true }).until(({ frames }) => frames.length > 0);
    const [web, users] = [await attach("web"), await attach("users")];
    web.send({
      first_sequence: 1,
      publishes: [{ name: 1, activity_id: text("one"), envelope: envelope("m1", '{"name":"Ada"}'), request: 7 }],
    });
    const { first_delivery: first } = (await users.frameWith("deliveries")) as { first_delivery: number };
    users.send({ settlements: [{ delivery: first, outcome: 2, retry_after_ms: 1 }] });
    await tap.until(({ events }) => kinds(events).filter((kind) => kind === "DELIVERED").length === 2);
    const again = tap.events.findLast(({ kind }) => kind === "KIND_DELIVERED");
    assert.equal(again?.attempt, 2);
    users.send({ settlements: [{ delivery: first + 1, outcome: 4, detail: "It was 400.", words: "No such user." }] });
    await tap.until(({ events }) => kinds(events).includes("ENDED"));
    const events = tap.events.filter(({ activity }) => activity === "one");
    assert.deepEqual(kinds(tap.events).slice(0, 2), ["ATTACHED", "ATTACHED"]);
    assert.deepEqual(kinds(events), ["PUBLISHED", "DELIVERED", "RETRIED", "DELIVERED", "ENDED"]);
    const [published, delivered, retried, , ended] = events as [Fields, Fields, Fields, Fields, Fields];
    assert.deepEqual(
      [published.role, published.instance, published.name, published.public_name, published.receivers],
      ["web", "web-1", "create", "create", ["users"]],
    );
    assert.deepEqual([published.message_id, published.is_request], ["m1", true]);
    assert.deepEqual([String(published.payload), String(published.auth)], ['{"name":"Ada"}', '{"user":1}']);
    assert.deepEqual(
      [delivered.role, delivered.instance, delivered.name, delivered.public_name, delivered.sender],
      ["users", "users-1", "make", "create", "web"],
    );
    assert.equal(delivered.message, published.message);
    assert.equal(retried.outcome, "retry");
    assert.deepEqual(
      [ended.outcome, ended.detail, ended.attempt],
      ["dead", "It was 400. The app said: No such user.", 2],
    );
    assert.ok((ended.handled_ms as number) > 0 && (ended.at_ms as number) > (published.at_ms as number));
  });

  it("is told what was refused, and why", async () => {
    const tap = await open("Tap").until(({ frames }) => frames.length > 0);
    const web = await attach("web");
    web.send({ first_sequence: 1, publishes: [{ name: 2, activity_id: text("two"), envelope: envelope("m2") }] });
    await tap.until(({ events }) => kinds(events).includes("REFUSED"));
    const refused = tap.events.find(({ kind }) => kind === "KIND_REFUSED");
    assert.deepEqual(
      [refused?.role, refused?.name, refused?.outcome, refused?.activity],
      ["web", "nobody hears this", "no_receivers", "two"],
    );
    assert.match(String(refused?.detail), /receive/);
    // Nobody asked for it.
    assert.equal(String(refused?.payload), "");
  });

  it("gets only the roles, names and activity that it asks for", async () => {
    const taps = [{ roles: ["users"] }, { roles: ["nobody"] }, { names: ["cre*"] }, { names: ["x"] }, { activity: "three" }, { activity: "four" }].map((filter) => open("Tap", filter)); // biome-ignore format: one line
    for (const tap of taps) await tap.until(({ frames }) => frames.length > 0);
    const [web, users] = [await attach("web"), await attach("users")];
    web.send({ first_sequence: 1, publishes: [{ name: 1, activity_id: text("three"), envelope: envelope("m3") }] });
    const { first_delivery: first } = (await users.frameWith("deliveries")) as { first_delivery: number };
    users.send({ done: [first] });
    for (const tap of [taps[0], taps[2], taps[4]]) await tap?.until(({ events }) => kinds(events).includes("ENDED"));
    const messages = taps.map(({ events }) => kinds(events).filter((kind) => !/TACHED/.test(kind)).length);
    assert.deepEqual(messages, [3, 0, 3, 0, 3, 0]);
    assert.deepEqual(kinds(taps[2]?.events ?? []), ["PUBLISHED", "DELIVERED", "ENDED"]);
  });

  it("holds nothing up when it stops reading: its events are dropped and counted, in bounds", async () => {
    const stuck = await open("Tap", { with_payload: true, max_payload_bytes: 100_000, buffer_bytes: 200_000 }).until(
      ({ frames }) => frames.length > 0,
    );
    stuck.stopReading();
    const [web, users] = [await attach("web", 0), await attach("users", 60_000)];
    const big = envelope("m", JSON.stringify("x".repeat(20_000)));
    const total = 3000;
    for (let sequence = 1; sequence <= total; sequence += 100) {
      const publishes = Array.from({ length: 100 }, (_, each) => ({ name: 1, activity_id: text(`s${sequence + each}`), envelope: big })); // biome-ignore format: one line
      web.send({ first_sequence: sequence, publishes });
    }
    const stats = open("WatchStats", { interval_ms: 100 });
    await stats.until(({ frames }) => {
      const all = frames.at(-1)?.roles as { role: string; sent: { outcomes: { count: string }[] }[] }[];
      const sent = Number(all?.find(({ role }) => role === "web")?.sent[0]?.outcomes[0]?.count ?? 0);
      return sent >= total && Number(frames.at(-1)?.tap_dropped) > 0;
    });
    users.cancel();
  });

  it("is told what was counted, at once and then again", async () => {
    const stats = await open("WatchStats", { interval_ms: 100 }).until(({ frames }) => frames.length > 2);
    const [first] = stats.frames as [Fields];
    const roles = first.roles as { role: string; received: { name: string; latency: string[] }[] }[];
    assert.deepEqual(roles.map(({ role }) => role), ["users", "web"]); // biome-ignore format: one line
    assert.deepEqual([roles[0]?.received[0]?.name, (first.bounds as number[]).length + 1], ["make", roles[0]?.received[0]?.latency.length]); // biome-ignore format: one line
    const metrics = await (await fetch(`${broker.admin}/metrics`)).text();
    const done = roles[0]?.received[0]?.latency.reduce((sum, count) => sum + Number(count), 0);
    assert.ok(metrics.includes(`\nexocom_delivery_seconds_count{role="users"} ${done}\n`));
  });

  it("is told once for a long time where the interval is longer than any timer", async () => {
    const rare = await open("WatchStats", { interval_ms: 0xffff_ffff }).until(({ frames }) => frames.length > 0);
    await open("WatchStats", { interval_ms: 100 }).until(({ frames }) => frames.length > 2);
    assert.equal(rare.frames.length, 1);
  });

  it("finds no more than sixteen taps at once", async () => {
    const taps = Array.from({ length: 17 }, () => open("Tap"));
    const refused = (await Promise.all(taps.slice(16).map(({ ended }) => ended)))[0];
    assert.equal(refused?.info?.reason, "RATE_LIMITED");
    await taps[0]?.until(({ frames }) => frames.length > 0);
  });

  it("needs the admin token where there is one", async () => {
    const folder = mkdtempSync(join(tmpdir(), "exo-watch-"));
    writeFileSync(join(folder, "token"), "secret\n");
    const guarded = await BrokerProcess.start({ routes, args: ["--admin-token-file", join(folder, "token")] });
    const own = new BareClient(guarded.port);
    try {
      assert.equal((await own.watch("Tap", {}).ended)?.info?.reason, "UNAUTHENTICATED");
      assert.equal((await own.watch("WatchStats", {}, "Bearer wrong").ended)?.info?.reason, "UNAUTHENTICATED");
      const tap = await own.watch("Tap", {}, "Bearer secret").until(({ frames }) => frames.length > 0);
      // A broker that ends does not wait for who watches it.
      const stopped = guarded.stop();
      assert.equal(await tap.ended, undefined);
      assert.equal((await stopped).code, 0);
    } finally {
      own.close();
      rmSync(folder, { recursive: true });
      await guarded.stop();
    }
  });
});
