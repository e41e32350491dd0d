import assert from "node:assert/strict";
import { eventually, metricOf } from "@exosphere/testkit";
import type { AppUnderTest } from "@exosphere/testkit/app-under-test";
import { BulkCall } from "@exosphere/testkit/bulk-call";
import { InboxClient } from "@exosphere/testkit/inbox-client";
import { Mesh } from "@exosphere/testkit/mesh";
import { ask, post, send } from "@exosphere/testkit/messages";
import { RawWebSocket } from "@exosphere/testkit/raw-websocket";
import type { SidecarProcess } from "@exosphere/testkit/sidecar-process";

const routes = {
  web: { sends: ["greet", "log it", "big"], receives: ["greeted"] },
  users: { receives: ["greet", "log it", "big"], sends: ["greeted"] },
};

describe("GET /v1/inbox", function () {
  this.timeout(60_000);
  const mesh = new Mesh();
  const opened: InboxClient[] = [];
  let web: SidecarProcess;
  let webApp: AppUnderTest;
  let users: SidecarProcess;

  before(async () => {
    await mesh.startBroker({ routes });
    const service = await mesh.startService("web");
    [web, webApp] = [service.sidecar, service.app];
    users = await mesh.startSidecar("users");
  });
  beforeEach(() => webApp.reset());
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((client) => client.stop()));
    const reachable = () => metricOf(users.admin, "exo_sidecar_app_reachable");
    await eventually("no inbox is open", async () => (await reachable()) === 0);
  });
  after(() => mesh.stop());

  async function open(path?: string, sidecar = users): Promise<InboxClient> {
    const client = await InboxClient.open(sidecar.port, {}, path);
    opened.push(client);
    return client;
  }

  it("is a stream of events, each with the id of its delivery and the message, byte for byte but for line ends", async () => {
    const inbox = await open();
    assert.deepEqual([inbox.status, inbox.head["content-type"]], [200, "text/event-stream"]);
    assert.equal(inbox.raw, "retry: 1000\n\n");
    const { json } = await send(web.edge, "log it", '{\n "id":9007199254740993,\r\n"b":1.0,"a":"\\n\\u2028\u2028" }');
    const { id, data, message } = await inbox.event();
    assert.match(id, /^[0-9a-f]{8}\.\d+\.1$/);
    assert.ok(data.includes('"payload":{  "id":9007199254740993, "b":1.0,"a":"\\n\\u2028\u2028" }'), data);
    const { timestamp, payload: _, ...rest } = message;
    assert.match(timestamp, /^\d{4}-.*\.\d{9}Z$/);
    assert.deepEqual(rest, {
      name: "log it",
      id: json.id,
      activityId: json.activityId,
      auth: null,
      isSecurity: false,
      sender: "",
      responseTime: 0,
      attempt: 1,
    });
    assert.equal((await inbox.settle(id)).status, 204);
  });

  it("brings replies that are sent by themselves, known by responseTo or by nothing but the activity", async () => {
    const inbox = await open();
    for (const [index, header] of ["exo-response-to", "exo-activity-id"].entries()) {
      const answer = ask(web.edge, "greet", `"${header}"`);
      const { id, message } = await inbox.event(index + 1);
      const named = header === "exo-response-to" ? message.id : message.activityId;
      assert.equal((await send(users.edge, "greeted", '"hi"', { [header]: named })).status, 202);
      assert.equal((await inbox.settle(id)).status, 204);
      const { status, json } = await answer;
      assert.deepEqual([status, json.payload, json.responseTo], [200, "hi", message.id]);
    }
  });

  it("settles as it is told: done, retry or dead", async () => {
    const inbox = await open();
    const count = async (outcome: string) =>
      (await metricOf(users.admin, `exo_sidecar_received_total{name="greet",outcome="${outcome}"}`)) ?? 0;
    const before = await Promise.all(["ok", "retry", "dead"].map(count));
    const answer = ask(web.edge, "greet", "1");
    const first = await inbox.event();
    await inbox.settle(first.id, "retry");
    const second = await inbox.event(2);
    assert.deepEqual([second.message.id, second.message.attempt], [first.message.id, 2]);
    assert.notEqual(second.id, first.id);
    await inbox.settle(second.id, "dead");
    const { status, json } = await answer;
    assert.deepEqual([status, json.reason], [502, "HANDLER_FAILED"]);
    await send(web.edge, "greet", "2");
    await inbox.settle((await inbox.event(3)).id, "done");
    const after = await Promise.all(["ok", "retry", "dead"].map(count));
    assert.deepEqual(after, before.map((each) => each + 1)); // biome-ignore format: one line
  });

  it("says what is wrong with a settlement: unknown, a second time, or none", async () => {
    const inbox = await open();
    await send(web.edge, "log it", "1");
    const { id } = await inbox.event();
    for (const body of ["", "{}", "done", '"done"', '{"outcome":"failed"}', '{"outcome":1}', '{"outcome":"done"']) {
      const { status, json } = await post(`${users.edge}/v1/settle/${id}`, body);
      assert.deepEqual([status, json.reason], [400, "INVALID_MESSAGE"], body);
      assert.match(String(json.detail), /"outcome"|'outcome'/);
    }
    assert.equal((await inbox.settle(id)).status, 204);
    for (const [unknown, why] of [
      [id, /settled before/],
      [`${id}9`, /settled before/],
      ["00000000.1.1", /no longer open/],
      ["", /no longer open/],
      ["x".repeat(500), /no longer open/],
    ] as const) {
      const { status, json } = await inbox.settle(unknown);
      assert.equal(status, 404);
      assert.match(String(json.detail), why);
    }
  });

  it("is one at a time, and has its sidecar to itself", async () => {
    const inbox = await open();
    const second = await open();
    assert.equal(second.status, 403);
    const socket = mesh.keep(await RawWebSocket.register(users.port, "users", { errors: true }));
    const { payload } = await socket.message("exocom.error");
    assert.match(String((payload as { detail: string }).detail), /takes its deliveries by inbox/);
    const elsewhere = await open("/v1/inbox", web);
    assert.equal(elsewhere.status, 403);
    await send(web.edge, "log it", "1");
    await inbox.settle((await inbox.event()).id);
  });

  it("is given as much at once as it asks for", async () => {
    for (const wrong of ["0", "-1", "many", "1e3", ""])
      assert.equal((await open(`/v1/inbox?concurrency=${wrong}`)).status, 400, wrong);
    const inbox = await open("/v1/inbox?concurrency=2");
    for (let nth = 1; nth <= 5; nth += 1) await send(web.edge, "log it", String(nth));
    const inFlight = () => metricOf(mesh.broker.admin, 'exocom_in_flight{role="users"}');
    for (let nth = 1; nth <= 5; nth += 1) {
      const { id } = await inbox.event(nth);
      await eventually("two are out", async () => ((await inFlight()) ?? 0) === Math.min(2, 6 - nth));
      assert.ok(inbox.events.length <= nth + 1);
      await inbox.settle(id);
    }
  });

  it("fails what the app may have seen when it breaks off, repeats nothing, and keeps the rest for the next", async () => {
    const first = await open("/v1/inbox?concurrency=1");
    const answer = ask(web.edge, "greet", '"seen"', { "exo-activity-id": "lane" });
    const { id } = await first.event();
    await send(web.edge, "greet", '"waiting"', { "exo-activity-id": "lane" });
    await first.stop();
    const { status, json } = await answer;
    assert.deepEqual([status, json.reason], [502, "HANDLER_FAILED"]);
    const second = await open();
    const event = await second.event();
    assert.deepEqual([event.message.payload, event.message.attempt], ["waiting", 1]);
    const late = await second.settle(id);
    assert.equal(late.status, 404);
    await second.settle(event.id);
    assert.equal(second.events.length, 1);
  });

  it("has failed a message that is not settled within its deadline, and has room for others again", async () => {
    const inbox = await open("/v1/inbox?concurrency=1");
    const forgotten = ask(web.edge, "greet", '"forgotten"', { "exo-deadline": "3s" });
    const { id } = await inbox.event();
    const { status, json } = await forgotten;
    assert.deepEqual([status, json.reason], [504, "DEADLINE_EXCEEDED"]);
    await send(web.edge, "greet", '"next"');
    const next = await inbox.event(2);
    assert.equal(next.message.payload, "next");
    assert.equal((await inbox.settle(id)).status, 404);
    await inbox.settle(next.id);
  });

  it("brings 1,000 messages of one activity in order", async () => {
    const inbox = await open();
    inbox.settleAll();
    const call = mesh.keep(new BulkCall(web.port));
    const steps = Array.from({ length: 1000 }, (_, step) => step);
    call.end(steps.map((step) => `{"name":"log it","activityId":"one","payload":${step}}\n`).join(""));
    await call.finished();
    await eventually("all of them", () => inbox.events.length === 1000, 40_000);
    assert.deepEqual(inbox.events.map(({ message }) => message.payload), steps); // biome-ignore format: one line
    await eventually(
      "all are settled",
      async () => (await metricOf(mesh.broker.admin, 'exocom_in_flight{role="users"}')) === 0,
    );
  });

  it("holds little for a client that does not read, and loses nothing", async () => {
    const inbox = await open();
    inbox.pause();
    const payload = JSON.stringify("x".repeat(512 * 1024));
    for (let nth = 0; nth < 100; nth += 1)
      assert.equal((await send(web.edge, "big", payload, { "exo-deadline": "5m" })).status, 202);
    const waiting = async () => (await metricOf(users.admin, "exo_sidecar_inbox_waiting_bytes")) ?? 0;
    await eventually("some wait at the sidecar", async () => (await waiting()) > 0);
    assert.ok((await waiting()) <= 17 * 1024 * 1024);
    const queued = await metricOf(mesh.broker.admin, 'exocom_queue_messages{role="users"}');
    assert.ok((queued ?? 0) > 0, "the rest waits at the broker");
    inbox.resume();
    inbox.settleAll();
    await eventually("all have come", () => inbox.events.length >= 100, 40_000);
    assert.deepEqual(new Set(inbox.events.map(({ message }) => message.attempt)), new Set([1]));
    assert.equal(new Set(inbox.events.map(({ message }) => message.id)).size, 100);
  });

  it("ends when its sidecar stops, once the app has settled what it has", async () => {
    const sidecar = await mesh.startSidecar("users");
    const inbox = await InboxClient.open(sidecar.port);
    const answer = ask(web.edge, "greet", "1");
    const { id, message } = await inbox.event();
    const stopped = sidecar.stop();
    await sidecar.logs("draining");
    const refused = await InboxClient.open(sidecar.port);
    assert.equal(refused.status, 503);
    await send(sidecar.edge, "greeted", '"in time"', { "exo-response-to": message.id });
    await inbox.settle(id);
    assert.deepEqual([(await answer).json.payload, (await stopped).code], ["in time", 0]);
    await inbox.closed();
  });
});
