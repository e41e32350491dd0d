import assert from "node:assert/strict";
import { eventually } from "@exosphere/testkit";
import { GatewayBus } from "@exosphere/testkit/gateway-bus";
import { type Claims, tokenOf } from "@exosphere/testkit/user-tokens";
import { type Frame, WsClient } from "@exosphere/testkit/ws-client";

describe("the WebSocket of the gateway", function () {
  this.timeout(60_000);
  let bus: GatewayBus;
  let url: string;
  const clients: WsClient[] = [];

  before(async () => {
    bus = await GatewayBus.start();
    ({ url } = await bus.startGateway(...bus.secretSettings));
    bus.server.handle("ask", ({ payload, auth }) => ({ name: "answered", payload: { payload, auth } }));
    bus.server.handle("tell", () => ({ name: "told" }));
    bus.server.handle("mine", ({ auth }) => ({ name: "news", payload: auth }));
    bus.server.handle("purge", () => ({ name: "purged" }));
    bus.server.handle("shout", () => ({ name: "shouted" }));
  });

  afterEach(() => {
    for (const client of clients.splice(0)) client.drop();
  });

  after(() => bus.stop());

  const connect = async (frame: Frame = {}) => {
    const client = await WsClient.connect(url, frame);
    clients.push(client);
    return client;
  };
  const user = async (name: string, frame: Frame = {}, claims: Claims = {}) =>
    connect({ token: await tokenOf(name, claims), ...frame });

  it("welcomes, and says what to expect", async () => {
    const { welcome } = await connect();
    assert.match(welcome.session, /^[\w-]{22}\.[\w-]{6}\.[\w-]{22}$/);
    assert.ok(welcome.session.startsWith(`${welcome.sessionId}.`));
    assert.deepEqual(
      [welcome.recovered, welcome.offset, welcome.ttlMs, welcome.maxPayload],
      [false, 0, 120_000, 1_048_576],
    );
  });

  it("sends messages and makes requests, answered by their refs as they came", async () => {
    const client = await connect();
    client.send('{"name":"tell","payload":1,"ref":12345678901234567890}');
    client.send({ name: "ask", payload: { a: 1 }, ref: "x", request: true, id: "one", activityId: "two" });
    const { message } = (await client.answer("x")) as { message: Frame };
    assert.deepEqual([message.name, message.responseTo, message.activityId], ["answered", "one", "two"]);
    assert.deepEqual(message.payload, { payload: { a: 1 }, auth: { sessionId: client.welcome.sessionId } });
    assert.ok(!("auth" in message) && !("offset" in message));
    await eventually("the ref", () => client.texts.some((text) => text.includes('"ref":12345678901234567890,"id":')));
    // The reply to what was merely sent comes as a message, in its activity.
    const told = await client.message();
    assert.deepEqual([told.name, told.offset, told.payload], ["told", 1, null]);
  });

  it("keeps numbers, keys and strings of payloads exactly as they are", async () => {
    const client = await connect();
    const payload = '{"b":12345678901234567890,"a":"\\u00e9","c":[1e400,-0.0]}';
    client.send(`{ "payload" : ${payload} ,"name":"shout"}`);
    await eventually("shout", () =>
      client.texts.some((text) => text.includes(`"name":"shout","payload":${payload},"id":`)),
    );
  });

  it("takes a client's auth from nobody but itself", async () => {
    const client = await connect();
    client.send({ name: "ask", auth: { user: "ada", sessionId: "x" }, sender: "root", ref: 1, request: true });
    const { message } = (await client.answer(1)) as { message: { payload: { auth: unknown } } };
    assert.deepEqual(message.payload.auth, { sessionId: client.welcome.sessionId });
  });

  it("says who a user is, to services alone", async () => {
    const client = await user("ada", {}, { scope: "a b", team: "blue" });
    assert.equal(client.welcome.user, "ada");
    client.send({ name: "ask", ref: 1, request: true });
    const { message } = (await client.answer(1)) as { message: { payload: { auth: Frame } } };
    const {
      user: name,
      claims,
      sessionId,
    } = message.payload.auth as { user: string; claims: Frame; sessionId: string };
    assert.deepEqual([name, sessionId, claims.team, claims.sub], ["ada", client.welcome.sessionId, "blue", "ada"]);
  });

  it("brings a user's message to all of the user's connections, and to nobody else's", async () => {
    const [phone, laptop, other] = [await user("bea"), await user("bea"), await user("carl")];
    phone.send({ name: "mine" });
    const [one, two] = [await phone.message(), await laptop.message()];
    assert.deepEqual([one.name, two.name, one.id === two.id], ["news", "news", true]);
    other.send({ name: "ask", ref: 1, request: true });
    await other.answer(1);
    assert.deepEqual(other.pushed, []);
  });

  it("gives nobody a message without auth, and settles it", async () => {
    const client = await connect();
    await bus.server.send("news", "for nobody");
    await bus.server.send("news", "for her", { auth: { sessionId: client.welcome.sessionId } });
    assert.equal((await client.message()).payload, "for her");
    assert.equal(client.pushed.length, 1);
  });

  it("lets clients do what is theirs, and nothing else", async () => {
    const [anonymous, plainUser, moderator] = [
      await connect(),
      await user("d"),
      await user("e", {}, { scope: "moderator" }),
    ];
    const outcomeOf = async (client: WsClient, name: string) => {
      client.send({ name, ref: name });
      const { type, problem } = (await client.answer(name)) as { type: string; problem?: Frame };
      return problem?.reason ?? type;
    };
    assert.deepEqual(
      [await outcomeOf(anonymous, "mine"), await outcomeOf(plainUser, "mine"), await outcomeOf(plainUser, "purge")],
      ["NOT_ALLOWED", "accepted", "NOT_ALLOWED"],
    );
    assert.equal(await outcomeOf(moderator, "purge"), "accepted");
    assert.equal(await outcomeOf(moderator, "unknown"), "NOT_ALLOWED");
    // A message that a client may not receive is not pushed to it.
    await bus.server.send("purged", 1, { auth: { sessionId: plainUser.welcome.sessionId } });
    await bus.server.send("news", 2, { auth: { sessionId: plainUser.welcome.sessionId } });
    await eventually("news", () => plainUser.pushed.some(({ payload }) => payload === 2));
    assert.ok(!plainUser.pushed.some(({ name }) => name === "purged"));
  });

  it("signs an anonymous session in, and refreshes it, without another connection", async () => {
    const client = await connect();
    client.send({ type: "refresh", token: await tokenOf("fay"), ref: "in" });
    const refreshed = await client.answer("in");
    assert.equal(refreshed.user, "fay");
    // Whoever knew the token of the anonymous session is not taken for the user.
    assert.notEqual(refreshed.session, client.welcome.session);
    const thief = await WsClient.open(url);
    clients.push(thief);
    thief.send({ type: "connect", session: client.welcome.session, offset: 0 });
    assert.equal((await thief.end()).code, 4401);
    client.send({ type: "refresh", token: await tokenOf("gus"), ref: "other" });
    assert.equal(((await client.answer("other")) as { problem: Frame }).problem.reason, "NOT_ALLOWED");
    client.send({ name: "mine", ref: "then" });
    assert.equal((await client.message()).name, "news");
  });

  it("ends a connection whose token has expired, with a code of its own, and lets it come back with a new one", async () => {
    const exp = Math.floor(Date.now() / 1000) + 2;
    const client = await user("hal", {}, { exp });
    assert.equal((await client.end()).code, 4401);
    const without = await WsClient.open(url);
    without.send({ type: "connect", ...client.position });
    assert.equal((await without.end()).code, 4401);
    const back = await user("hal", client.position);
    assert.equal(back.welcome.recovered, true);
    assert.equal(back.welcome.sessionId, client.welcome.sessionId);
  });

  it("pushes only what a client has subscribed to", async () => {
    const client = await connect({ names: ["told"] });
    const auth = { sessionId: client.welcome.sessionId };
    await bus.server.send("news", 1, { auth });
    await bus.server.send("told", 2, { auth });
    assert.deepEqual([(await client.message()).payload, client.pushed[0]?.offset], [2, 1]);
    client.send({ type: "subscribe", names: null, ref: 1 });
    assert.deepEqual((await client.answer(1)).names, null);
    await bus.server.send("news", 3, { auth });
    assert.equal((await client.message(2)).payload, 3);
    client.send({ type: "subscribe", names: Array.from({ length: 201 }, String), ref: 2 });
    assert.equal(((await client.answer(2)) as { problem: Frame }).problem.reason, "RATE_LIMITED");
  });

  it("answers a client's reply to a service's request", async () => {
    const client = await connect();
    const asked = bus.server.request("question", "why?", { auth: { sessionId: client.welcome.sessionId } });
    const question = await client.message();
    client.send({ name: "answer", payload: "because", responseTo: question.id, activityId: question.activityId });
    const { name, payload } = await asked;
    assert.deepEqual([name, payload], ["answer", "because"]);
  });

  it("takes replies that name nothing but their activity, beside messages that are none, for the oldest request", async () => {
    const client = await connect();
    const auth = { sessionId: client.welcome.sessionId };
    const asked = [1, 2].map((nth) => bus.server.request("question", nth, { auth, activityId: "one activity" }));
    await client.message(2);
    client.send({ name: "answer", payload: "first", activityId: "one activity" });
    client.send({ name: "answer", payload: "second", activityId: "one activity" });
    const replies = await Promise.all(asked);
    assert.deepEqual(
      replies.map(({ payload }) => payload),
      ["first", "second"],
    );
  });

  it("lets nobody answer a request but the session that was given it", async () => {
    const [asked, other] = await Promise.all([connect(), connect()]);
    const answer = bus.server.request("question", "why?", { auth: { sessionId: asked.welcome.sessionId } });
    const { id, activityId } = await asked.message();
    const forged = { name: "answer", payload: "forged", responseTo: id, activityId };
    other.send({ ...forged, ref: 1 });
    await other.answer(1);
    const headers = { "exo-response-to": String(id), "exo-activity-id": String(activityId) };
    assert.equal((await fetch(`${url}/v1/send/answer`, { method: "POST", headers, body: '"forged"' })).status, 202);
    asked.send({ name: "answer", payload: "because", responseTo: id });
    assert.equal((await answer).payload, "because");
  });

  it("takes a reply after its request was confirmed, and into the activity of that", async () => {
    const client = await connect({ ack: true });
    const asked = bus.server.request("question", "why?", { auth: { sessionId: client.welcome.sessionId } });
    const { id, offset, activityId } = await client.message();
    client.send({ type: "ack", offset });
    client.send({ name: "answer", payload: "because", responseTo: id });
    const reply = await asked;
    assert.deepEqual([reply.payload, reply.activityId], ["because", activityId]);
  });

  it("does what is sent twice with a key once", async () => {
    const client = await connect();
    const before = bus.server.handle("mail us", ({ id }) => ({ name: "answered", payload: id }));
    client.send({ name: "mail us", key: "k", ref: 1, request: true });
    const first = (await client.answer(1)) as { message: Frame };
    client.send({ name: "mail us", key: "k", ref: 2, request: true });
    const second = (await client.answer(2)) as { message: Frame };
    assert.deepEqual(second.message, first.message);
    client.send({ name: "mail us", payload: "other", key: "k", ref: 3, request: true });
    assert.equal(((await client.answer(3)) as { problem: Frame }).problem.reason, "INVALID_MESSAGE");
    before();
  });

  it("gives the answer to a frame whose connection was lost to the next connection, by its key", async () => {
    const first = await connect();
    let calls = 0;
    let answer: (() => void) | undefined;
    const remove = bus.server.handle("mail us", async () => {
      calls += 1;
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return { name: "answered" };
    });
    first.send({ name: "mail us", key: "lost", ref: 1, request: true });
    await eventually("the first call", () => answer);
    first.drop();
    const second = await connect(first.position);
    second.send({ name: "mail us", key: "lost", ref: 2, request: true });
    second.send({ type: "ping", ref: "p" });
    await second.answer("p");
    answer?.();
    assert.equal(((await second.answer(2)) as { message: Frame }).message.name, "answered");
    assert.equal(calls, 1);
    remove();
  });

  it("keeps no names that no message can have", async () => {
    const names = ["x".repeat(256)];
    const client = await connect();
    client.send({ type: "subscribe", names, ref: 1 });
    assert.equal(((await client.answer(1)).problem as Frame).reason, "INVALID_MESSAGE");
    const other = await WsClient.open(url);
    other.send({ type: "connect", names });
    assert.equal((await other.end()).code, 1008);
    assert.equal((await fetch(`${url}/v1/events?names=${names}`)).status, 400);
  });

  it("answers what is no frame with a problem, and goes on", async () => {
    const client = await connect();
    for (const text of [
      "nonsense",
      "[1]",
      "7",
      '{"type":"conect"}',
      '{"name":5}',
      '{"type":"ack"}',
      '{"name":"ask","request":true}',
    ])
      client.send(text);
    await client.frame("problem", 7);
    client.send({ type: "ping", ref: 1 });
    assert.equal((await client.answer(1)).type, "pong");
    const reasons = client.frames
      .filter(({ type }) => type === "problem")
      .map(({ problem }) => (problem as Frame).reason);
    assert.deepEqual(new Set(reasons), new Set(["INVALID_MESSAGE"]));
  });

  it("ends a connection that begins with neither connect nor a message, or connects twice", async () => {
    const first = await WsClient.open(url);
    first.send({ type: "ping" });
    assert.equal((await first.end()).code, 1008);
    const twice = await connect();
    twice.send({ type: "connect" });
    assert.equal((await twice.end()).code, 1008);
  });

  it("serves plain clients, on / too, with nothing but messages", async () => {
    for (const path of ["/", "/v1/socket"]) {
      const client = await WsClient.open(url, {}, path);
      clients.push(client);
      client.send({ name: "nobody.knows", activityId: "a" });
      client.send("nonsense");
      client.send({ name: "ask", payload: 1, activityId: "b" });
      const message = await client.message();
      assert.deepEqual([message.name, message.activityId], ["answered", "b"]);
      assert.deepEqual(
        client.frames.map(({ type }) => type),
        [undefined],
      );
    }
  });

  it("refuses tokens before the upgrade, and pages that are not allowed", async () => {
    const refusal = async (headers: Record<string, string>) =>
      (await WsClient.open(url, { headers }).catch((error: unknown) => error)) as { status: number; body: string };
    const unauthenticated = await refusal({ authorization: "Bearer nonsense" });
    assert.deepEqual([unauthenticated.status, JSON.parse(unauthenticated.body).reason], [401, "UNAUTHENTICATED"]);
    assert.equal((await refusal({ origin: "https://evil.example" })).status, 403);
    assert.equal((await refusal({ host: "evil.example" })).status, 403);
    const missing = (await WsClient.open(url, {}, "/elsewhere").catch((error: unknown) => error)) as { status: number };
    assert.equal(missing.status, 404);
  });

  it("knows a user by the header of the upgrade as well", async () => {
    const headers = { authorization: `Bearer ${await tokenOf("ivy")}` };
    const client = await WsClient.connect(url, {}, { headers });
    clients.push(client);
    assert.equal(client.welcome.user, "ivy");
  });

  it("hands a session over to the newer connection", async () => {
    const first = await connect();
    const second = await connect(first.position);
    assert.equal((await first.end()).code, 4409);
    await bus.server.send("news", 1, { auth: { sessionId: first.welcome.sessionId } });
    assert.equal((await second.message()).payload, 1);
  });
});
