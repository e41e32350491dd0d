import assert from "node:assert/strict";
import { eventually, metricOf } from "@exosphere/testkit";
import type { AppUnderTest } from "@exosphere/testkit/app-under-test";
import { Mesh } from "@exosphere/testkit/mesh";
import { post, send } from "@exosphere/testkit/messages";
import type { SidecarProcess } from "@exosphere/testkit/sidecar-process";

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe("A message that an app sends", () => {
  const mesh = new Mesh();
  let web: SidecarProcess;
  let users: AppUnderTest;

  before(async () => {
    await mesh.startBroker({
      routes: {
        web: { sends: ["users.create", "users.get", "nobody.home"], receives: ["users.got"] },
        users: { sends: ["users.got"], receives: ["users.create", "users.get"] },
        absent: { receives: ["nobody.home"] },
      },
    });
    [web, { app: users }] = await Promise.all([mesh.startSidecar("web"), mesh.startService("users")]);
  });
  afterEach(() => users.reset());
  after(() => mesh.stop());

  it("is accepted with its ids", async () => {
    const { status, headers, json } = await send(web.edge, "users.create", '{"name":"Jean-Luc"}');
    assert.deepEqual([status, headers.get("content-type")], [202, "application/json"]);
    assert.deepEqual(Object.keys(json), ["id", "activityId"]);
    assert.match(String(json.id), uuid);
    assert.match(String(json.activityId), uuid);
    assert.notEqual(json.id, json.activityId);
    await users.delivery("users.create");
  });

  it("is delivered as POST /run/<name> with exactly the fields of the contract", async () => {
    const before = Date.now();
    const { json } = await send(web.edge, "users.create", '{"name":"Jean-Luc"}');
    const { method, path, headers, message } = await users.delivery("users.create");
    assert.deepEqual([method, path, headers["content-type"]], ["POST", "/run/users.create", "application/json"]);
    const { timestamp, ...rest } = message;
    assert.deepEqual(rest, {
      name: "users.create",
      payload: { name: "Jean-Luc" },
      id: json.id,
      activityId: json.activityId,
      auth: null,
      isSecurity: false,
      sender: "",
      responseTime: 0,
      attempt: 1,
    });
    assert.match(timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);
    assert.ok(Date.parse(timestamp) >= before - 1000 && Date.parse(timestamp) <= Date.now() + 1000, timestamp);
  });

  it("arrives with the ids, the auth and the trace context that the app gave it", async () => {
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const { status, json } = await send(web.edge, "users.create", "1", {
      "exo-message-id": "123",
      "exo-activity-id": "my activity",
      "exo-response-to": "122",
      "exo-auth": '{"sessionId": 12345678901234567890}',
      "exo-deadline": "5s",
      traceparent,
      tracestate: "vendor=1",
    });
    assert.deepEqual([status, json], [202, { id: "123", activityId: "my activity" }]);
    const { message, headers, raw } = await users.delivery("users.create");
    assert.deepEqual([message.id, message.activityId, message.responseTo], ["123", "my activity", "122"]);
    assert.match(raw.toString(), /"auth":\{"sessionId": 12345678901234567890\},/);
    assert.deepEqual([headers.traceparent, headers.tracestate], [traceparent, "vendor=1"]);
  });

  it("has null for a payload if the body is empty", async () => {
    assert.equal((await send(web.edge, "users.create")).status, 202);
    assert.equal((await send(web.edge, "users.create", "")).status, 202);
    const [first, second] = [await users.delivery("users.create"), await users.delivery("users.create", 2)];
    assert.deepEqual([first.message.payload, second.message.payload], [null, null]);
  });

  it("is JSON whatever its Content-Type says", async () => {
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/octet-stream", "nonsense"]) {
      assert.equal((await send(web.edge, "users.create", `"${type}"`, { "content-type": type })).status, 202);
    }
    const { message } = await users.delivery("users.create", 4);
    assert.equal(message.payload, "nonsense");
  });

  it("knows how long after the previous message of its activity it came", async () => {
    const activity = { "exo-activity-id": "a conversation" };
    await send(web.edge, "users.create", "1", activity);
    await send(web.edge, "users.create", "2", activity);
    const { message } = await users.delivery("users.create", 2);
    assert.ok(Number.isInteger(message.responseTime) && message.responseTime > 0, String(message.responseTime));
  });

  it("reaches an app although its trace context is nonsense that no header could carry", async () => {
    const { status } = await send(web.edge, "users.create", "1", {
      traceparent: Buffer.from("微博").toString("latin1"),
      tracestate: Buffer.from("微博").toString("latin1"),
    });
    assert.equal(status, 202);
    const { headers } = await users.delivery("users.create");
    assert.deepEqual([headers.traceparent, headers.tracestate], [undefined, undefined]);
  });

  it("is lost, and counted, if its deadline passes before anyone is there", async () => {
    const sent = await send(web.edge, "nobody.home", "1", { "exo-deadline": "50ms" });
    assert.equal(sent.status, 202);
    const name = 'exocom_delivered_total{role="absent",name="nobody.home",outcome="no_instance"}';
    await eventually("the loss is counted", async () => (await metricOf(mesh.broker.admin, name)) === 1);
    const lost = await mesh.broker.logs("a message was lost");
    assert.deepEqual([lost.role, lost.messageName, lost.outcome], ["absent", "nobody.home", "no_instance"]);
  });

  it("does not mind a query behind its name", async () => {
    assert.equal((await post(`${web.edge}/v1/send/users.create?ignored=1`, "1")).status, 202);
    assert.equal((await users.delivery("users.create")).path, "/run/users.create");
  });
});
