import assert from "node:assert/strict";
import { eventually, metricOf, opcodes } from "@exosphere/testkit";
import type { AppUnderTest } from "@exosphere/testkit/app-under-test";
import { Mesh } from "@exosphere/testkit/mesh";
import { ask, send } from "@exosphere/testkit/messages";
import { RawWebSocket } from "@exosphere/testkit/raw-websocket";
import type { SidecarProcess } from "@exosphere/testkit/sidecar-process";

describe("A service on a WebSocket", function () {
  this.timeout(30_000);
  const mesh = new Mesh();
  let web: SidecarProcess;
  let users: SidecarProcess;
  let log: AppUnderTest;
  let sockets: RawWebSocket[];

  /** A socket that is registered, as far as its sidecar can tell. */
  async function registered(sidecar = users, payload?: object): Promise<RawWebSocket> {
    const socket = await RawWebSocket.register(sidecar.port, sidecar.role, payload);
    sockets.push(socket);
    await eventually(
      "the registration",
      async () => (await metricOf(sidecar.admin, "exo_sidecar_app_reachable")) === 1,
    );
    return socket;
  }

  before(async () => {
    await mesh.startBroker({
      routes: {
        web: { sends: ["users.create", "get user"], receives: ["users.created", "user"] },
        users: {
          sends: ["mongo.created", "got"],
          receives: ["mongo.create", "get"],
          translations: [
            { public: "users.create", internal: "mongo.create" },
            { public: "users.created", internal: "mongo.created" },
            { public: "get user", internal: "get" },
            { public: "user", internal: "got" },
          ],
        },
        log: { receives: ["users.created"] },
      },
    });
    const [webSidecar, usersSidecar, service] = await Promise.all([
      mesh.startSidecar("web"),
      mesh.startSidecar("users", { args: ["--max-payload", "1MiB"] }),
      mesh.startService("log"),
    ]);
    [web, users, log] = [webSidecar, usersSidecar, service.app];
  });
  beforeEach(() => {
    sockets = [];
    log.reset();
  });
  afterEach(async () => {
    for (const socket of sockets) socket.drop();
    await eventually("an empty sidecar", async () => (await metricOf(users.admin, "exo_sidecar_websockets")) === 0);
  });
  after(() => mesh.stop());

  it("gets messages under its own names, byte for byte", async () => {
    const socket = await registered();
    const payload = '{ "id":9007199254740993, "b":1.0,"a":"\\u00e9" }';
    const { json } = await send(web.edge, "users.create", payload, { "exo-auth": '{"user":1}' });
    const message = await socket.message("mongo.create");
    assert.ok(socket.texts[0]?.includes(`"payload":${payload}`));
    const { timestamp, payload: _, ...rest } = message;
    assert.match(String(timestamp), /^\d{4}-.*\.\d{9}Z$/);
    assert.deepEqual(rest, {
      name: "mongo.create",
      id: json.id,
      activityId: json.activityId,
      auth: { user: 1 },
      isSecurity: false,
      sender: "",
      responseTime: 0,
      attempt: 1,
    });
  });

  it("answers requests by responseTo, or by nothing but the activity", async () => {
    const socket = await registered();
    for (const key of ["responseTo", "activityId"]) {
      const answer = ask(web.edge, "get user", `"${key}"`, { "exo-auth": '{"user":7}' });
      const asked = await eventually("the question", () =>
        socket.messages.find(({ name, payload }) => name === "get" && payload === key),
      );
      const { id, activityId } = asked;
      socket.send({
        name: "got",
        sender: "users",
        payload: { key },
        activityId,
        auth: null,
        ...(key === "responseTo" && { responseTo: id }),
      });
      const { status, json } = await answer;
      assert.deepEqual([status, json.name, json.payload, json.responseTo], [200, "user", { key }, id]);
      assert.deepEqual(json.auth, { user: 7 });
    }
  });

  it("sends without a payload, in binary, in fragments, with ids of its own and with unknown fields", async () => {
    const socket = await registered();
    socket.send('{"name":"mongo.created"}');
    assert.equal((await log.delivery("users.created", 1)).message.payload, null);
    socket.send(
      { name: "mongo.created", id: "123", payload: 2, colour: "red", isSecurity: true, sender: "web" },
      { opcode: 2 },
    );
    const second = (await log.delivery("users.created", 2)).message;
    assert.deepEqual([second.id, second.payload, second.isSecurity, second.sender], ["123", 2, false, ""]);
    socket.send('{"name":"mongo.', { isFinal: false });
    socket.send('created","id":"","payload":3}', { opcode: 0 });
    const third = (await log.delivery("users.created", 3)).message;
    assert.match(third.id, /^[0-9a-f-]{36}$/);
  });

  it("loses nothing but what is wrong: bad frames are logged and ignored", async () => {
    const socket = await registered();
    const bad = [
      "",
      "{",
      "null",
      "[]",
      '"x"',
      '{"name":5}',
      '{"payload":1}',
      '{"name":"x\\u0007"}',
      '{"name":"mongo.created","id":1}',
    ];
    for (const text of bad) socket.send(text);
    socket.send(Buffer.from('{"name":"mongo.created","payload":"\xff"}', "latin1"));
    socket.send({ name: "not.mine" });
    socket.send({ name: "exocom.settle", payload: { id: "nobody's", outcome: "done" } });
    socket.send({ name: "mongo.created", payload: "last" });
    assert.equal((await log.delivery("users.created")).message.payload, "last");
    assert.equal(log.deliveries.length, 1);
    assert.equal(socket.texts.length, 0);
    assert.equal(socket.isClosed, false);
    assert.ok(users.logged("A frame must be a JSON object").length >= 4);
    assert.equal(users.logged("may not send 'not.mine'").length, 1);
    assert.equal(await metricOf(users.admin, 'exo_sidecar_sent_total{name="unknown",outcome="not_allowed"}'), 1);
  });

  it("says nothing before it is registered", async () => {
    const socket = await RawWebSocket.connect(users.port);
    sockets.push(socket);
    socket.send({ name: "mongo.created", payload: "early", sender: "users" });
    socket.send({ name: "exocom.register-service", sender: "users", id: "" });
    socket.send({ name: "mongo.created", payload: "late" });
    assert.equal((await log.delivery("users.created")).message.payload, "late");
    assert.equal(log.deliveries.length, 1);
  });

  it("is not taken for another role than the sidecar's", async () => {
    const quiet = await RawWebSocket.register(users.port, "web");
    const telling = await RawWebSocket.register(users.port, "web", { errors: true });
    sockets.push(quiet, telling);
    const error = await telling.message("exocom.error");
    assert.equal((error.payload as { reason: string }).reason, "NOT_ALLOWED");
    await telling.closed();
    assert.equal(telling.closeCode, 1008);
    quiet.send({ name: "mongo.created" });
    await users.logs("is not registered");
    assert.deepEqual([quiet.isClosed, quiet.texts, log.deliveries.length], [false, [], 0]);
  });

  it("may register twice, but as another role it is ended, without a close frame unless it knows them", async () => {
    for (const [payload, code] of [
      [undefined, undefined],
      [{ errors: true }, 1008],
    ] as const) {
      const socket = await registered(users, payload);
      socket.send({ name: "exocom.register-service", sender: "users" });
      socket.send({ name: "exocom.register-service", sender: "web" });
      await socket.closed();
      assert.equal(socket.closeCode, code);
    }
  });

  it("is ended for a frame over the limit, or one that is none, in the same way", async () => {
    const large = { name: "mongo.created", payload: "x".repeat(1024 * 1024 + 64 * 1024) };
    for (const [payload, codes] of [
      [undefined, [undefined, undefined]],
      [{ errors: true }, [1009, 1002]],
    ] as const) {
      const first = await registered(users, payload);
      first.send(large);
      await first.closed();
      const second = await registered(users, payload);
      second.send("{}", { isMasked: false });
      await second.closed();
      assert.deepEqual([first.closeCode, second.closeCode], codes);
    }
    assert.equal(log.deliveries.length, 0);
  });

  it("is ended for a message in too many fragments, or one that does not arrive in time, in the same way", async () => {
    const impatient = await mesh.startSidecar("users", { args: ["--max-payload", "64KiB", "--request-timeout", "1s"] });
    const fragment = { isFinal: false, opcode: opcodes.continuation };
    for (const [payload, codes] of [
      [undefined, [undefined, undefined]],
      [{ errors: true }, [1008, 1008]],
    ] as const) {
      const first = await registered(impatient, payload);
      first.send("{", { isFinal: false });
      for (let count = 0; count < 300; count += 1) first.send("", fragment);
      await first.closed();
      const second = await registered(impatient, payload);
      second.send("{", { isFinal: false });
      await second.closed();
      assert.deepEqual([first.closeCode, second.closeCode], codes);
    }
  });

  it("is told what was wrong if it asks for errors", async () => {
    const socket = await registered(users, { errors: true });
    socket.send("{");
    socket.send({ name: "not.mine", id: "7", activityId: "8" });
    socket.send({ name: "mongo.created", id: "9", payload: "x".repeat(1024 * 1024) });
    const errors = await Promise.all([1, 2, 3].map((nth) => socket.message("exocom.error", nth)));
    const told = errors.map(({ payload }) => payload as Record<string, unknown>);
    assert.deepEqual(
      told.map(({ reason, status, id, activityId }) => [reason, status, id, activityId]),
      [
        ["INVALID_MESSAGE", 400, "", ""],
        ["NOT_ALLOWED", 403, "7", "8"],
        ["PAYLOAD_TOO_LARGE", 413, "9", ""],
      ],
    );
  });

  it("settles for itself if it asks to", async () => {
    const socket = await registered(users, { settle: true });
    const { json } = await send(web.edge, "users.create", "1", { "exo-activity-id": "lane" });
    await send(web.edge, "users.create", "2", { "exo-activity-id": "lane" });
    await socket.message("mongo.create");
    socket.send({ name: "exocom.settle", payload: { id: json.id, outcome: "retry" } });
    const again = await socket.message("mongo.create", 2);
    assert.deepEqual([again.id, again.attempt, again.payload], [json.id, 2, 1]);
    socket.send({ name: "exocom.settle", payload: { id: json.id, outcome: "done" } });
    assert.equal((await socket.message("mongo.create", 3)).payload, 2);
    const asked = ask(web.edge, "get user", "1");
    const { id } = await socket.message("get");
    socket.send({ name: "exocom.settle", payload: { id, outcome: "dead" } });
    const { status, json: problem } = await asked;
    assert.deepEqual([status, problem.reason], [502, "HANDLER_FAILED"]);
  });

  it("leaves by a clean close, and what it never saw waits for the next", async () => {
    const first = await registered();
    first.goodbye();
    await first.closed();
    assert.equal(first.closeCode, 1000);
    await send(web.edge, "users.create", '"waiting"');
    const second = await registered();
    assert.equal((await second.message("mongo.create")).payload, "waiting");
    assert.equal(first.texts.length, 0);
  });

  it("sends and gets 1,000 messages of one activity in order", async () => {
    const [receiver, sender] = [await registered(), await registered(web)];
    for (let index = 0; index < 1000; index += 1)
      sender.send({ name: "users.create", payload: index, activityId: "order" });
    await eventually("all of them", () => receiver.texts.length === 1000);
    assert.deepEqual(
      receiver.messages.map(({ payload }) => payload),
      Array.from({ length: 1000 }, (_, index) => index),
    );
  });

  it("is on a sidecar with one kind of consumer: where the app has a port, it is refused", async () => {
    const service = await mesh.startService("web");
    const socket = await RawWebSocket.register(service.sidecar.port, "web", { errors: true });
    sockets.push(socket);
    const error = await socket.message("exocom.error");
    assert.match(String((error.payload as { detail: string }).detail), /one kind of consumer/);
    await socket.closed();
    assert.equal(socket.closeCode, 1008);
  });

  it("is kept from web pages and from other names of this machine", async () => {
    assert.equal((await RawWebSocket.upgrade(users.port, { origin: "https://evil.example" })).status, 403);
    assert.equal((await RawWebSocket.upgrade(users.port, { host: "evil.example" })).status, 403);
    assert.equal((await RawWebSocket.upgrade(users.port, {}, "/other")).status, 404);
    const plain = await fetch(`${users.edge}/status`, { headers: { connection: "upgrade", upgrade: "h2c" } }).catch(
      () => undefined,
    );
    assert.ok(plain === undefined || plain.status === 200);
  });

  it("may finish the reply that somebody waits for when its sidecar stops", async () => {
    const sidecar = await mesh.startSidecar("users");
    const socket = await RawWebSocket.register(sidecar.port, "users");
    sockets.push(socket);
    const answer = ask(web.edge, "get user", "1");
    const { activityId } = await socket.message("get");
    const stopped = sidecar.stop();
    await sidecar.logs("draining");
    socket.send({ name: "got", activityId, payload: "in time" });
    const { status, json } = await answer;
    assert.deepEqual([status, json.payload], [200, "in time"]);
    assert.equal((await stopped).code, 0);
  });

  it("is ended without a close frame when its sidecar stops, or with 1012 if it knows them", async () => {
    const sidecar = await mesh.startSidecar("users");
    const quiet = await RawWebSocket.register(sidecar.port, "users");
    const telling = await RawWebSocket.register(sidecar.port, "users", { errors: true });
    await eventually("both", async () => (await metricOf(sidecar.admin, "exo_sidecar_app_reachable")) === 1);
    const { code } = await sidecar.stop();
    await Promise.all([quiet.closed(), telling.closed()]);
    assert.deepEqual([code, quiet.closeCode, telling.closeCode], [0, undefined, 1012]);
  });
});
