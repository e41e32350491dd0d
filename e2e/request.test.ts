import assert from "node:assert/strict";
import { request } from "node:http";
import { eventually, metricOf } from "@exosphere/testkit";
import type { AppUnderTest } from "@exosphere/testkit/app-under-test";
import { Mesh } from "@exosphere/testkit/mesh";
import { ask, type EdgeAnswer, send } from "@exosphere/testkit/messages";
import type { SidecarProcess } from "@exosphere/testkit/sidecar-process";

function assertProblem(answer: EdgeAnswer, status: number, reason: string): void {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.headers.get("content-type"), "application/problem+json");
  const { type, reason: given, detail } = answer.json;
  assert.deepEqual([given, type], [reason, `urn:exosphere:problem:${reason.toLowerCase()}`]);
  assert.ok(String(detail).length > 10);
}

describe("A request", () => {
  const mesh = new Mesh();
  let web: SidecarProcess;
  let users: AppUnderTest;
  let usersSidecar: SidecarProcess;
  let audit: AppUnderTest;

  before(async () => {
    await mesh.startBroker({
      routes: {
        web: { sends: ["get", "get absent"], receives: ["got", "progress"] },
        users: { sends: ["got", "progress", "unwanted", "log"], receives: ["get"] },
        audit: { receives: ["got", "log", "unwanted"] },
        absent: { receives: ["get absent"] },
      },
    });
    const [webSidecar, usersService, auditService] = await Promise.all([
      mesh.startSidecar("web"),
      mesh.startService("users", { args: ["--concurrency", "4"] }),
      mesh.startService("audit"),
    ]);
    web = webSidecar;
    users = usersService.app;
    usersSidecar = usersService.sidecar;
    audit = auditService.app;
  });
  beforeEach(() => {
    users.reset();
    audit.reset();
  });
  after(() => mesh.stop());

  it("is answered by the reply in the app's answer", async () => {
    users.on("get", ({ message }) => ({ reply: { name: "got", payload: { asked: message.payload } } }));
    const { status, headers, json } = await ask(web.edge, "get", '{"id":1}', {
      "exo-message-id": "q1",
      "exo-activity-id": "talk",
    });
    assert.deepEqual([status, headers.get("content-type")], [200, "application/json"]);
    const { id, timestamp, responseTime, ...rest } = json;
    assert.deepEqual(rest, {
      name: "got",
      payload: { asked: { id: 1 } },
      activityId: "talk",
      responseTo: "q1",
      auth: null,
      isSecurity: false,
      sender: "",
      attempt: 1,
    });
    assert.match(String(id), /^[0-9a-f-]{36}$/);
    assert.match(String(timestamp), /\.\d{9}Z$/);
    assert.ok(Number.isInteger(responseTime) && Number(responseTime) > 0);
    // Its other receiver gets it too, and not in the midst of the next test.
    await audit.delivery("got");
  });

  it("is answered by the first of several replies; the others are delivered as usual", async () => {
    users.on("get", () => ({
      replies: [
        { name: "got", payload: 1 },
        { name: "log", payload: 2 },
        { name: "got", payload: 3 },
      ],
    }));
    const { status, json } = await ask(web.edge, "get", "1");
    assert.deepEqual([status, json.payload], [200, 1]);
    const got = [await audit.delivery("got"), await audit.delivery("got", 2), await audit.delivery("log")];
    assert.deepEqual(
      got.map(({ message }) => message.payload),
      [1, 3, 2],
    );
  });

  it("is answered by a message that the app sends later with exo-response-to", async () => {
    users.on("get", ({ message }) => {
      setImmediate(
        () => void send(usersSidecar.edge, "got", '"later"', { "exo-response-to": message.id, "exo-auth": "null" }),
      );
      return undefined;
    });
    const { status, json } = await ask(web.edge, "get", "1", { "exo-message-id": "q2", "exo-auth": '{"user":7}' });
    assert.deepEqual([status, json.payload, json.responseTo, json.auth], [200, "later", "q2", { user: 7 }]);
  });

  it("is answered by a message that the app sends with nothing but exo-activity-id", async () => {
    users.on("get", ({ message }) => {
      setImmediate(() => void send(usersSidecar.edge, "got", '"later"', { "exo-activity-id": message.activityId }));
      return undefined;
    });
    const { status, json } = await ask(web.edge, "get", "1", { "exo-message-id": "q3", "exo-auth": '{"user":7}' });
    assert.deepEqual([status, json.payload, json.responseTo, json.auth], [200, "later", "q3", { user: 7 }]);
  });

  it("is not answered by another message of the activity that its role does not receive", async () => {
    users.on("get", async ({ message }) => {
      const activity = { "exo-activity-id": message.activityId };
      assert.equal((await send(usersSidecar.edge, "log", "0", activity)).status, 202);
      assert.equal((await send(usersSidecar.edge, "got", '"the reply"', activity)).status, 202);
      return undefined;
    });
    const { status, json } = await ask(web.edge, "get", "1");
    assert.deepEqual([status, json.payload], [200, "the reply"]);
    await audit.delivery("log");
  });

  it("gets the auth of the request on its reply, unless the app gave another", async () => {
    const auth = { "exo-auth": '{"user":7}' };
    users.on("get", () => ({ reply: { name: "got" } }));
    assert.deepEqual((await ask(web.edge, "get", "1", auth)).json.auth, { user: 7 });
    users.on("get", () => ({ reply: { name: "got", auth: null } }));
    assert.deepEqual((await ask(web.edge, "get", "1", auth)).json.auth, { user: 7 });
    users.on("get", () => ({ reply: { name: "got", auth: { user: 8 } } }));
    assert.deepEqual((await ask(web.edge, "get", "1", auth)).json.auth, { user: 8 });
  });

  it("finds its own reply among requests with the same id", async () => {
    users.on("get", async ({ message }) => {
      await users.delivery("get", 3);
      return { reply: { name: "got", payload: message.payload } };
    });
    const answers = await Promise.all(
      ["1", "2", "3"].map((body) => ask(web.edge, "get", body, { "exo-message-id": "1" })),
    );
    assert.deepEqual(
      answers.map(({ status, json }) => [status, json.payload]),
      [
        [200, 1],
        [200, 2],
        [200, 3],
      ],
    );
  });

  it("times out with DEADLINE_EXCEEDED if the app has it and says nothing", async () => {
    const answer = await ask(web.edge, "get", "1", { "exo-deadline": "200ms" });
    assertProblem(answer, 504, "DEADLINE_EXCEEDED");
    assert.equal(answer.json.name, "get");
    assert.equal(users.received("get").length, 1);
  });

  it("fails with NO_INSTANCE if nobody is there within the deadline", async () => {
    // Long enough for the broker to say why before the caller gives up by itself: a tenth of it, more than its timers are late.
    assertProblem(await ask(web.edge, "get absent", "1", { "exo-deadline": "1s" }), 503, "NO_INSTANCE");
  });

  it("fails with HANDLER_FAILED if the answer has a reply that is none", async () => {
    for (const body of ['{"reply":{"nome":"got"}}', '{"reply":{"name":"never listed"}}', '{"replies":7}']) {
      users.on("get", () => body);
      assertProblem(await ask(web.edge, "get", "1"), 502, "HANDLER_FAILED");
    }
  });

  it("fails with NOT_ALLOWED if the reply is one that its role does not receive", async () => {
    users.on("get", () => ({ reply: { name: "unwanted" } }));
    const answer = await ask(web.edge, "get", "1");
    assertProblem(answer, 403, "NOT_ALLOWED");
    assert.match(String(answer.json.detail), /'unwanted'.*'web'/);
    await audit.delivery("unwanted");
  });

  it("no longer counts once its caller has hung up", async () => {
    const openRequests = () => metricOf(web.admin, "exo_sidecar_open_requests");
    users.on("get", () => new Promise(() => {}));
    const call = request(`${web.edge}/v1/request/get`, { method: "POST" });
    call.on("error", () => {});
    call.end("1");
    await users.delivery("get");
    assert.equal(await openRequests(), 1);
    call.destroy();
    await eventually("the request is given up", async () => (await openRequests()) === 0);
    await users.close();
    await users.listen();
    await usersSidecar.reachesItsApp();
  });

  it("ends in its own activity if it has none, and in the app's if it has one", async () => {
    users.on("get", ({ message }) => ({ reply: { name: "got", payload: message.activityId } }));
    const fresh = await ask(web.edge, "get", "1");
    assert.equal(fresh.json.payload, fresh.json.activityId);
    assert.match(String(fresh.json.activityId), /^[0-9a-f-]{36}$/);
    const given = await ask(web.edge, "get", "1", { "exo-activity-id": "mine" });
    assert.deepEqual([given.json.payload, given.json.activityId], ["mine", "mine"]);
  });
});
