import assert from "node:assert/strict";
import { eventually, metricOf } from "@exosphere/testkit";
import { GatewayBus } from "@exosphere/testkit/gateway-bus";
import { tokenOf } from "@exosphere/testkit/user-tokens";
import { type Welcome, WsClient } from "@exosphere/testkit/ws-client";

describe("clients of a gateway that confirm messages", function () {
  this.timeout(60_000);
  let bus: GatewayBus;
  let url: string;
  let admin: string;

  beforeEach(async () => {
    // Longer than the tests take: what a client does not confirm is not given up meanwhile.
    const started = await GatewayBus.withGateway("--max-unsettled", "40", "--ack-timeout", "10m");
    ({ bus } = started);
    ({ url, admin } = started.gateway);
  });

  afterEach(() => bus.stop());

  const flood = async (auth: object, count: number) => {
    for (let each = 0; each < count; each += 1) await bus.news(auth, each);
  };
  const unconfirmed = () => metricOf(admin, "exo_gateway_unconfirmed_messages");
  const refused = (part: string) =>
    metricOf(admin, `exo_gateway_share_refused_total{share="confirmations",part="${part}"}`);

  it("do not stop pushes to others when one of them never confirms", async () => {
    const [silent, other] = [await WsClient.connect(url, { ack: true }), await WsClient.connect(url)];
    await flood({ sessionId: silent.welcome.sessionId }, 100);
    await bus.news({ sessionId: other.welcome.sessionId }, "for the other");
    assert.equal((await other.message()).payload, "for the other");
    // Nor does the silent one miss anything.
    assert.equal((await silent.message(100)).payload, 99);
    assert.ok(((await refused("session")) ?? 0) > 0);
    for (const client of [silent, other]) client.drop();
  });

  it("do not stop pushes to others when a user with many of them never confirms", async () => {
    const token = await tokenOf("ada");
    const silent = [];
    for (let count = 0; count < 10; count += 1) silent.push(await WsClient.connect(url, { ack: true, token }));
    const other = await WsClient.connect(url);
    for (const { welcome } of silent) await flood({ sessionId: welcome.sessionId }, 10);
    await bus.news({ sessionId: other.welcome.sessionId }, "for the other");
    assert.equal((await other.message()).payload, "for the other");
    assert.ok(((await refused("user")) ?? 0) > 0);
    for (const client of [...silent, other]) client.drop();
  });

  it("do not stop pushes to others when an address with many of them never confirms", async () => {
    const silent = [];
    for (let count = 0; count < 40; count += 1) silent.push(await WsClient.connect(url, { ack: true }));
    const other = await WsClient.connect(url);
    for (const { welcome } of silent) await flood({ sessionId: welcome.sessionId }, 2);
    await bus.news({ sessionId: other.welcome.sessionId }, "for the other");
    assert.equal((await other.message()).payload, "for the other");
    assert.ok(((await refused("address")) ?? 0) > 0);
    for (const client of [...silent, other]) client.drop();
  });

  it("hold nothing of others while they are away, and get what they missed", async () => {
    const client = await WsClient.connect(url, { ack: true });
    const { sessionId } = client.welcome;
    await bus.news({ sessionId }, "before");
    await client.message();
    assert.equal(await unconfirmed(), 1);
    const { position } = client;
    client.drop();
    await eventually("nobody to wait for", async () => (await unconfirmed()) === 0);
    await bus.settled("clients");
    await bus.news({ sessionId }, "meanwhile");
    await bus.settled("clients");
    const back = await WsClient.connect(url, { ...position, offset: 0, ack: true });
    assert.equal((await back.message(2)).payload, "meanwhile");
    assert.deepEqual([back.welcome.recovered, back.pushed[0]?.payload], [true, "before"]);
    back.drop();
  });

  it("are waited for no longer once their session was ended", async () => {
    const client = await WsClient.connect(url, { ack: true });
    await bus.news({ sessionId: client.welcome.sessionId });
    await client.message();
    assert.equal(await unconfirmed(), 1);
    const headers = { "exo-session": client.welcome.session };
    assert.equal((await fetch(`${url}/v1/session`, { method: "DELETE", headers })).status, 204);
    await bus.settled("clients");
    assert.equal(await unconfirmed(), 0);
  });
});

describe("clients of a gateway that are away, and strangers", function () {
  this.timeout(60_000);
  let bus: GatewayBus;
  let url: string;
  let admin: string;
  const proxied = (address: string) => ({ "x-forwarded-for": address });

  before(async () => {
    bus = await GatewayBus.start();
    bus.server.handle("tell", ({ auth }) => void bus.server.send("news", "an answer", { auth: auth as object }));
    const tokens = bus.secretSettings;
    const small = ["--max-unsettled", "40", "--max-sessions", "20", "--idempotency-answers", "20"];
    const address = ["--trusted-proxies", "127.0.0.1", "--absent-wait", "1m"];
    ({ url, admin } = await bus.startGateway(...tokens, ...small, ...address));
  });

  after(() => bus.stop());

  const parked = () => metricOf(admin, "exo_gateway_parked_messages");
  const dropped = () => metricOf(admin, 'exo_gateway_pushed_total{outcome="dropped"}');
  const waitsFor = async (user: string) => {
    await bus.server.send("news", `for ${user}`, { auth: { user } });
    const client = await WsClient.connect(url, { token: await tokenOf(user) });
    assert.equal((await client.message()).payload, `for ${user}`);
    client.drop();
  };

  it("are waited for, though callers without a session get answers that nobody can fetch", async () => {
    for (let count = 0; count < 30; count += 1)
      assert.equal((await fetch(`${url}/v1/send/tell`, { method: "POST", body: "1" })).status, 202);
    await eventually("30 answers for nobody", async () => (await dropped()) === 30);
    assert.equal(await parked(), 0);
    await waitsFor("ada");
  });

  it("are waited for, though one of them gets more than may wait for all", async () => {
    const before = (await dropped()) ?? 0;
    for (let count = 0; count < 30; count += 1) await bus.server.send("news", count, { auth: { user: "nobody" } });
    await eventually("most of them given up", async () => ((await dropped()) ?? 0) >= before + 29);
    const refused = 'exo_gateway_share_refused_total{share="absent",part="target"}';
    assert.equal(await metricOf(admin, refused), 29);
    await waitsFor("bea");
  });

  it("find their sessions and answers again after a stranger's flood", async () => {
    const open = (address: string) => fetch(`${url}/v1/session`, { method: "POST", headers: proxied(address) });
    const { session, sessionId } = (await (await open("192.0.2.1")).json()) as Welcome;
    const tell = (address: string, key: string) => {
      const headers = { ...proxied(address), "exo-session": session, "idempotency-key": key };
      return fetch(`${url}/v1/send/tell`, { method: "POST", body: "1", headers });
    };
    const first = await (await tell("192.0.2.1", "first")).json();
    for (let count = 0; count < 50; count += 1) {
      assert.equal((await open("192.0.2.66")).status, 200);
      const headers = { ...proxied("192.0.2.66"), "idempotency-key": `flood-${count}` };
      assert.equal((await fetch(`${url}/v1/send/tell`, { method: "POST", body: "1", headers })).status, 202);
    }
    const again = await tell("192.0.2.1", "first");
    assert.deepEqual([again.headers.get("idempotency-replayed"), await again.json()], ["true", first]);
    const client = await WsClient.connect(url, { session });
    assert.deepEqual([client.welcome.sessionId, client.welcome.recovered], [sessionId, true]);
    client.drop();
  });
});
