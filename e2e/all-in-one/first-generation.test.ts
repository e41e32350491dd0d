import assert from "node:assert/strict";
import { eventually } from "@exosphere/testkit";
import { ExocomProcess } from "@exosphere/testkit/exocom-process";
import { RawWebSocket } from "@exosphere/testkit/raw-websocket";

const routes = {
  web: { sends: ["users.create", "users.list"], receives: ["users.created", "users.listed"], translations: [] },
  users: {
    sends: ["mongo.created", "users.listed"],
    receives: ["mongo.create", "users.list"],
    translations: [
      { public: "users.create", internal: "mongo.create" },
      { public: "users.created", internal: "mongo.created" },
    ],
  },
  audit: { sends: [], receives: ["users.created"], translations: [] },
};

describe("Services of 2016 on the all-in-one", function () {
  this.timeout(30_000);
  let exocom: ExocomProcess;
  let sockets: RawWebSocket[];

  /** A service as the original JavaScript library has it: text frames, ids that are UUIDs, and a name for itself. */
  async function javaScript(role: string): Promise<RawWebSocket> {
    return keep(
      await exocom.service(role, { id: "1e6b7f0e-5a0f-4d5c-9d7d-7f7b3a1e2f11", payload: { clientName: role } }),
    );
  }

  /** A service as the original Go library has it: every field there is, most of them empty. */
  async function go(role: string, id: string): Promise<RawWebSocket> {
    return keep(await exocom.service(role, { ...emptyFields, id, payload: null }));
  }

  const emptyFields = { activityId: "", auth: null, isSecurity: false, responseTo: "", responseTime: 0, timestamp: "" };

  function keep(socket: RawWebSocket): RawWebSocket {
    sockets.push(socket);
    return socket;
  }

  before(async () => {
    exocom = await ExocomProcess.start({ routes });
  });
  beforeEach(() => {
    sockets = [];
  });
  afterEach(async () => {
    for (const socket of sockets) socket.drop();
    await eventually("nobody is there", async () => {
      const { clients } = await exocom.config();
      return (clients as unknown[]).length === 0;
    });
    exocom.newLines();
  });
  after(() => exocom.stop());

  it("are listed in config.json while they are there", async () => {
    assert.deepEqual(await exocom.config(), { clients: [], routes });
    await javaScript("web");
    await go("users", "123");
    await go("users", "");
    const { clients } = await exocom.config();
    assert.deepEqual(clients, [
      { role: "users", instances: 2 },
      { role: "web", instances: 1 },
    ]);
    assert.deepEqual(exocom.newLines().slice(-3), ["'web' registered", "'users' registered", "'users' registered"]);
  });

  it("send, translate, reply by the activity, and every line of it is printed", async () => {
    const [web, users, audit] = [await javaScript("web"), await go("users", "123"), await javaScript("audit")];
    exocom.newLines();
    web.send({ name: "users.create", sender: "web", id: "m-1", payload: { name: "Ada" } });
    const create = await users.message("mongo.create");
    assert.deepEqual(create.payload, { name: "Ada" });
    users.send(
      {
        ...emptyFields,
        name: "mongo.created",
        sender: "users",
        id: "",
        activityId: create.activityId,
        payload: { id: 1 },
      },
      { opcode: 2 },
    );
    const [created, seen] = await Promise.all([web.message("users.created"), audit.message("users.created")]);
    assert.deepEqual([created.payload, created.activityId, seen.payload], [{ id: 1 }, create.activityId, { id: 1 }]);
    assert.ok((created.responseTime as number) > 0);
    await eventually("all lines", () => exocom.stdout.filter((line) => line === '{"id":1}').length === 2);
    const lines = exocom.newLines();
    assert.deepEqual(lines.slice(0, 2), ["web  --[ users.create ]-[ mongo.create ]->  users", '{"name":"Ada"}']);
    const replies = lines.slice(2).filter((line) => line !== '{"id":1}');
    for (const line of replies)
      assert.match(line, /^users {2}--\[ mongo\.created \]-\[ users\.created \]-> {2}(web|audit) {2}\( \d+\.\dms \)$/);
    assert.equal(replies.length, 2);
    for (const role of ["web", "users", "audit"]) {
      (role === "web" ? web : role === "users" ? users : audit).goodbye();
      await exocom.prints(`'${role}' disconnected`);
    }
  });

  it("answer requests over HTTP, by responseTo or by the activity alone", async () => {
    const users = await javaScript("users");
    for (const [nth, key] of [
      [1, "responseTo"],
      [2, "activityId"],
    ] as const) {
      const asked = fetch(`${exocom.edge}/v1/request/users.list`, {
        method: "POST",
        headers: { "exo-role": "web" },
        body: "{}",
      });
      const { id, activityId } = await users.message("users.list", nth);
      users.send({
        name: "users.listed",
        sender: "users",
        id: `reply-${nth}`,
        payload: [nth],
        activityId,
        ...(key === "responseTo" && { responseTo: id }),
      });
      const answer = await asked;
      assert.equal(answer.status, 200);
      const reply = (await answer.json()) as Record<string, unknown>;
      assert.deepEqual([reply.name, reply.payload, reply.responseTo], ["users.listed", [nth], id]);
    }
    // Who only sends over HTTP is no client.
    assert.deepEqual((await exocom.config()).clients, [{ role: "users", instances: 1 }]);
  });

  it("send without a payload, and payloads are printed in one line as they were sent", async () => {
    const [web, users] = [await go("web", ""), await javaScript("users")];
    exocom.newLines();
    web.send('{"name":"users.list"}');
    web.send('{"name":"users.list","payload":{\n  "n": 9007199254740993.0,\n  "s": "\\u00e9\u0085"\n}}');
    assert.equal((await users.message("users.list")).payload, null);
    await users.message("users.list", 2);
    await exocom.prints('{  "n": 9007199254740993.0,  "s": "\\u00e9\\u0085"}');
    assert.deepEqual(exocom.newLines().slice(0, 2), ["web  --[ users.list ]->  users", "null"]);
  });

  it("are warned about in the old words, and survive it", async () => {
    const stranger = keep(await RawWebSocket.connect(exocom.port));
    stranger.send({ name: "users.create", sender: "web", id: "" });
    await exocom.prints("Warning: Service 'web' is not allowed to broadcast the message 'users.create'");
    const web = await javaScript("web");
    web.send({ name: "users.delete", id: "1" });
    await exocom.prints("Warning: Service 'web' is not allowed to broadcast the message 'users.delete'");
    web.send({ name: "users.create", id: "2", payload: 2 });
    await exocom.prints("No connected service for role 'users'");
    const users = await go("users", "123");
    assert.equal((await users.message("mongo.create")).payload, 2);
    users.send({ name: "users.listed", id: "3" });
    web.send("not JSON");
    assert.equal((await web.message("users.listed")).id, "3");
    assert.deepEqual([stranger.isClosed, web.isClosed, users.isClosed], [false, false, false]);
  });

  it("share the work of a role, but keep to one of them in an activity", async () => {
    const web = await javaScript("web");
    const both = [await javaScript("users"), await go("users", "123")] as const;
    for (let index = 0; index < 200; index += 1)
      web.send({ name: "users.list", activityId: `a${index % 10}`, payload: index });
    await eventually("all of it", () => both[0].texts.length + both[1].texts.length === 200);
    const activities = both.map(({ messages }) => new Set(messages.map(({ activityId }) => activityId)));
    assert.equal((activities[0]?.size ?? 0) + (activities[1]?.size ?? 0), 10);
    assert.ok(activities.every(({ size }) => size > 0));
    for (const { messages } of both) {
      const lanes = Map.groupBy(messages, ({ activityId }) => activityId);
      for (const lane of lanes.values()) {
        const order = lane.map(({ payload }) => payload as number);
        assert.deepEqual(
          order,
          order.toSorted((a, b) => a - b),
        );
      }
    }
    const gone = exocom.count("'users' disconnected");
    both[0].drop();
    await eventually("it is gone", () => exocom.count("'users' disconnected") > gone);
    const rest = both[1].texts.length;
    for (let index = 0; index < 10; index += 1)
      web.send({ name: "users.list", activityId: `a${index}`, payload: "more" });
    await eventually("what the other one had", () => both[1].texts.length === rest + 10);
  });

  it("have what they said last delivered, though they left at once", async () => {
    const users = await javaScript("users");
    const web = await javaScript("web");
    for (let index = 0; index < 50; index += 1) web.send({ name: "users.list", payload: index });
    web.goodbye();
    await eventually("all of it", () => users.texts.length === 50);
  });
});
