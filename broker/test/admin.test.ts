import assert from "node:assert/strict";
import { packageVersion } from "@exosphere/process";
import { BrokerProcess } from "@exosphere/testkit";
import { BareClient, registration } from "@exosphere/testkit/bare-client";

const routes = { web: { sends: ["get"], receives: ["got"] }, users: { sends: ["got"], receives: ["get"] } };

describe("The admin port of a broker", () => {
  let broker: BrokerProcess;

  before(async () => {
    broker = await BrokerProcess.start({ routes, args: ["--max-payload", "2MiB"] });
  });
  after(() => broker.stop());

  it("says that it is alive and ready", async () => {
    assert.deepEqual(
      [(await fetch(`${broker.admin}/livez`)).status, (await fetch(`${broker.admin}/readyz`)).status],
      [200, 200],
    );
  });

  it("shows the effective settings", async () => {
    const settings = (await (await fetch(`${broker.admin}/settings`)).json()) as Record<string, unknown>;
    assert.deepEqual(settings.maxPayload, { value: 2 * 1024 * 1024, from: "flag" });
    assert.deepEqual(settings.defaultDeadline, { value: 30_000, from: "default" });
  });

  it("changes the level of the log", async () => {
    const put = await fetch(`${broker.admin}/log-level`, { method: "PUT", body: "warn" });
    assert.deepEqual(await put.json(), { level: "warn" });
    assert.equal((await fetch(`${broker.admin}/log-level`, { method: "PUT", body: "info" })).status, 200);
  });

  it("has the metrics of the contract", async () => {
    const client = new BareClient(broker.port);
    const call = client.attach().send(registration({ instance_id: "me" }));
    await call.frameWith("attached");
    call.send({
      first_sequence: 1,
      publishes: [
        { name: 1, activity_id: Buffer.from("a"), envelope: Buffer.alloc(100) },
        { name: 77, activity_id: Buffer.from("a") },
      ],
    });
    await call.frameWith("confirmations");
    const text = await (await fetch(`${broker.admin}/metrics`)).text();
    for (const sample of [
      'exocom_published_total{role="web",name="get",outcome="ok"} 1',
      'exocom_published_total{role="unknown",name="unknown",outcome="not_allowed"} 1',
      'exocom_queue_messages{role="users"} 1',
      'exocom_in_flight{role="web"} 0',
      'exocom_instances{role="web"} 1',
      'exocom_instances{role="users"} 0',
      `exo_build_info{version="${packageVersion(import.meta.url)}"} 1`,
    ]) {
      assert.ok(text.includes(`\n${sample}\n`), sample);
    }
    assert.match(text, /\nexocom_queue_bytes\{role="users"\} [1-9]/);
    assert.match(text, /\n# TYPE exocom_delivered_total counter\n/);
    assert.match(text, /\n# TYPE exocom_delivery_seconds histogram\n/);
    assert.match(text, /\nprocess_cpu_seconds_total /);
    assert.match(text, /\nnodejs_eventloop_lag_seconds /);
    call.cancel();
    client.close();
  });

  it("is no place for web pages", async () => {
    const page = await fetch(`${broker.admin}/metrics`, { headers: { origin: "https://example.org" } });
    assert.equal(page.status, 403);
  });
});

describe("A broker that is told to end", () => {
  it("drains: it asks its instances to move, is not ready, and ends with 0", async () => {
    const broker = await BrokerProcess.start({ routes });
    const client = new BareClient(broker.port);
    const call = client.attach().send(registration({ role: "users", instance_id: "me", credit: 1 }));
    await call.frameWith("attached");
    const stopped = broker.stop();
    const { move } = await call.frameWith("move");
    assert.equal((move as { within_ms: number }).within_ms, 10_000);
    assert.equal(await call.ended, undefined);
    const { code, signal } = await stopped;
    assert.deepEqual([code, signal], [0, null]);
    const said = broker.stdout.map((line) => (JSON.parse(line) as { msg: string }).msg);
    assert.deepEqual(said.slice(-3), ["draining", "instance detached", "drained"]);
    client.close();
  });

  it("ends with 0 if nobody is attached", async () => {
    const broker = await BrokerProcess.start({ routes });
    assert.equal((await broker.stop()).code, 0);
  });

  it("waits for what its instances are at, but no longer than the grace, then ends with 1", async () => {
    const broker = await BrokerProcess.start({ routes, args: ["--grace", "300ms"] });
    const client = new BareClient(broker.port);
    const registered = (role: string) => client.attach().send(registration({ role, instance_id: role, credit: 1 }));
    const users = registered("users");
    await users.frameWith("attached");
    const web = registered("web");
    await web.frameWith("attached");
    web.send({ first_sequence: 1, publishes: [{ name: 1, activity_id: Buffer.from("a") }] });
    await users.frameWith("deliveries");
    assert.equal((await broker.stop()).code, 1);
    client.close();
  });
});
