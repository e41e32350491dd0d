import assert from "node:assert/strict";
import { eventually, metricOf } from "@exosphere/testkit";
import { GatewayBus } from "@exosphere/testkit/gateway-bus";
import { tokenOf } from "@exosphere/testkit/user-tokens";
import { type Welcome, WsClient } from "@exosphere/testkit/ws-client";

describe("confirmed delivery", function () {
  this.timeout(60_000);
  let bus: GatewayBus;
  let url: string;
  let admin: string;

  beforeEach(async () => {
    const started = await GatewayBus.withGateway("--ack-timeout", "1500ms", "--absent-wait", "3s");
    ({ bus } = started);
    ({ url, admin } = started.gateway);
  });

  afterEach(() => bus.stop());

  const inFlight = () => metricOf(`http://127.0.0.1:${bus.broker.adminPort}`, 'exocom_in_flight{role="clients"}');

  it("settles a message when its client has confirmed it, and not before", async () => {
    const client = await WsClient.connect(url, { ack: true });
    await bus.news({ sessionId: client.welcome.sessionId });
    const { offset } = await client.message();
    assert.equal(await inFlight(), 1);
    client.send({ type: "ack", offset });
    await bus.settled("clients");
    assert.equal(await metricOf(admin, "exo_gateway_window_bytes"), 0);
    client.drop();
  });

  it("goes on after what is confirmed, whatever offset the client comes back with", async () => {
    const client = await WsClient.connect(url, { ack: true });
    for (const count of [1, 2, 3]) await bus.news({ sessionId: client.welcome.sessionId }, count);
    await client.message(3);
    client.send({ type: "ack", offset: 2 });
    await eventually("one unconfirmed", async () => (await metricOf(admin, "exo_gateway_unconfirmed_messages")) === 1);
    client.drop();
    const back = await WsClient.connect(url, { session: client.welcome.session, offset: 1, ack: true });
    assert.deepEqual([back.welcome.recovered, back.welcome.offset], [true, 2]);
    assert.equal((await back.message()).payload, 3);
    back.drop();
  });

  it("counts what the first of a user's clients confirms", async () => {
    const token = await tokenOf("ada");
    const [phone, laptop] = [
      await WsClient.connect(url, { ack: true, token }),
      await WsClient.connect(url, { ack: true, token }),
    ];
    await bus.news({ user: "ada" });
    await phone.message();
    laptop.send({ type: "ack", offset: (await laptop.message()).offset });
    await bus.settled("clients");
    for (const each of [phone, laptop]) each.drop();
  });

  it("fails what nobody confirms in time, once, and keeps it for its session", async () => {
    const client = await WsClient.connect(url, { ack: true });
    await bus.news({ sessionId: client.welcome.sessionId });
    await client.message();
    await bus.settled("clients");
    const failed = await metricOf(
      `http://127.0.0.1:${bus.broker.adminPort}`,
      'exocom_delivered_total{role="clients",name="news",outcome="handler_failed"}',
    );
    assert.equal(failed, 1);
    client.drop();
    const again = await WsClient.connect(url, { session: client.welcome.session, offset: 0 });
    assert.equal((await again.message()).offset, 1);
    again.drop();
  });

  it("works over HTTP for those who listen to events", async () => {
    const { session, sessionId } = (await (await fetch(`${url}/v1/session`, { method: "POST" })).json()) as Welcome;
    const cut = new AbortController();
    const events = await fetch(`${url}/v1/events?ack=true`, {
      headers: { "exo-session": session },
      signal: cut.signal,
    });
    await bus.news({ sessionId });
    let text = "";
    for await (const chunk of events.body as ReadableStream<Uint8Array>) {
      text += Buffer.from(chunk).toString();
      if (text.includes('"offset":1,')) break;
    }
    assert.equal(await inFlight(), 1);
    const headers = { "exo-session": session };
    const { status } = await fetch(`${url}/v1/ack`, { method: "POST", headers, body: '{"offset":1}' });
    assert.equal(status, 204);
    await bus.settled("clients");
    const wrong = await fetch(`${url}/v1/ack`, { method: "POST", headers, body: '{"offset":-1}' });
    assert.equal(wrong.status, 400);
    cut.abort();
  });

  it("counts what its client confirms, though there was no room to keep it so long", async () => {
    bus.closeGateways();
    ({ url } = await bus.startGateway("--window-bytes", "1KiB", "--ack-timeout", "5s"));
    const client = await WsClient.connect(url, { ack: true });
    for (let count = 1; count <= 10; count += 1)
      await bus.news({ sessionId: client.welcome.sessionId }, `${count}`.padEnd(500));
    client.send({ type: "ack", offset: (await client.message(10)).offset });
    const confirmed = 'exocom_delivered_total{role="clients",name="news",outcome="ok"}';
    await eventually(
      "all to be confirmed",
      async () => (await metricOf(`http://127.0.0.1:${bus.broker.adminPort}`, confirmed)) === 10,
      3_000,
    );
    client.drop();
  });

  it("is settled by the client that it waited for, and not before, if that wants it", async () => {
    const token = await tokenOf("later");
    await bus.news({ user: "later" }, "waited for");
    await bus.server.send("told", "not wanted", { auth: { user: "later" } });
    await eventually("those that wait", async () => (await metricOf(admin, "exo_gateway_parked_messages")) === 2);
    const client = await WsClient.connect(url, { token, ack: true, names: ["news"] });
    const { offset } = await client.message();
    await eventually("nothing that waits", async () => (await metricOf(admin, "exo_gateway_parked_messages")) === 0);
    assert.equal(await inFlight(), 1);
    client.send({ type: "ack", offset });
    await bus.settled("clients");
    assert.deepEqual(
      client.pushed.map(({ payload }) => payload),
      ["waited for"],
    );
    client.drop();
  });

  it("waits a while for a user who is about to come, and then gives up", async () => {
    await bus.news({ user: "late" }, "waited for");
    await eventually("one that waits", async () => (await metricOf(admin, "exo_gateway_parked_messages")) === 1);
    const client = await WsClient.connect(url, { token: await tokenOf("late") });
    assert.equal((await client.message()).payload, "waited for");
    await bus.news({ user: "nobody" });
    await eventually(
      "one given up",
      async () => (await metricOf(admin, 'exo_gateway_pushed_total{outcome="dropped"}')) === 1,
    );
    await bus.settled("clients");
    client.drop();
  });
});
