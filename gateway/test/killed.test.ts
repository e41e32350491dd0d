import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { statSync } from "node:fs";
import { request as ask, type IncomingMessage } from "node:http";
import { brotliDecompressSync } from "node:zlib";
import { eventually } from "@exosphere/testkit";
import { GatewayBus, load } from "@exosphere/testkit/gateway-bus";
import { GatewayProcess } from "@exosphere/testkit/gateway-process";
import { tokenOf } from "@exosphere/testkit/user-tokens";
import { type Frame, WsClient } from "@exosphere/testkit/ws-client";
import { gatewaySettings, startGateway } from "../src/index.ts";

describe("a gateway that is killed", function () {
  // Processes from the sources, twice each: seconds on a busy machine.
  this.timeout(120_000);
  let bus: GatewayBus;
  const started: GatewayProcess[] = [];

  before(async () => {
    bus = await GatewayBus.start();
  });

  afterEach(async () => {
    for (const gateway of started.splice(0)) await gateway.stop();
  });

  after(() => bus.stop());

  const start = async (...args: string[]) => {
    const tokens = bus.secretSettings;
    const gateway = await GatewayProcess.startWith([...bus.gatewayArguments, ...tokens, ...args]);
    started.push(gateway);
    return gateway;
  };
  const send = (auth: Frame, payload: unknown) => bus.server.send("news", payload, { auth });
  const connect = (url: string, frame: Frame = {}) => WsClient.connect(url, frame);

  it("keeps the key of its session tokens where only its user may read it", async () => {
    const state = bus.file("private.sqlite");
    await start("--state", state);
    const modes = ["", "-wal"].map((suffix) => (statSync(state + suffix).mode & 0o777).toString(8));
    assert.deepEqual(modes, ["600", "600"]);
  });

  it("with --state, brings its clients what it had and what came while it was away, and does not claim that nothing was lost", async () => {
    const gateway = await start("--state", bus.file("state.sqlite"));
    const token = await tokenOf("ada");
    const [here, away] = [await connect(gateway.edge), await connect(gateway.edge, { token })];
    away.drop();
    await away.end();
    const hers = { sessionId: here.welcome.sessionId };
    await send(hers, 1);
    await send({ user: "ada" }, 1);
    await here.message();
    await send({ user: "ada" }, 2);
    // The bus hears that it is done once it is in the file.
    await bus.settled("clients");
    await gateway.kill();
    assert.equal((await here.end()).code, 1006);
    await bus.noticed("clients", 0);
    // Nobody takes these at the moment: they wait at the broker.
    await send(hers, 2);
    await send({ user: "ada" }, 3);
    await gateway.start();
    const [back, again] = [await connect(gateway.edge, here.position), await connect(gateway.edge, away.position)];
    assert.deepEqual([back.welcome.recovered, back.welcome.sessionId], [false, here.welcome.sessionId]);
    assert.deepEqual([again.welcome.recovered, again.welcome.user], [false, "ada"]);
    await back.message();
    await again.message(3);
    assert.deepEqual(
      back.pushed.map(({ offset, payload }) => [offset, payload]),
      [[2, 2]],
    );
    assert.deepEqual(
      again.pushed.map(({ offset, payload }) => [offset, payload]),
      [
        [1, 1],
        [2, 2],
        [3, 3],
      ],
    );
    for (const client of [back, again]) client.drop();
  });

  it("with --state, goes on at any moment: killed three times amid a stream of messages", async () => {
    const gateway = await start("--state", bus.file("stream.sqlite"), "--windows-total-bytes", "64MiB");
    let client = await connect(gateway.edge);
    const auth = { sessionId: client.welcome.sessionId };
    const got: Frame[] = [];
    let position = client.position;
    const settled: number[] = [];
    let isSending = true;
    const sending = (async () => {
      for (let count = 1; isSending; count += 1) {
        await send(auth, count);
        settled.push(count);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    })();
    for (let life = 0; life < 3; life += 1) {
      await client.message(50);
      await gateway.kill();
      await client.end();
      got.push(...client.pushed);
      position = { ...position, session: client.welcome.session, offset: got.at(-1)?.offset };
      await gateway.start();
      client = await connect(gateway.edge, position);
      // What was on its way to it is lost.
      assert.equal(client.welcome.recovered, false);
    }
    isSending = false;
    await sending;
    await eventually("the last", () => client.pushed.at(-1)?.payload === settled.at(-1));
    got.push(...client.pushed);
    client.drop();
    const offsets = got.map(({ offset }) => offset);
    assert.deepEqual(
      offsets,
      Array.from({ length: got.length }, (_, index) => index + 1),
    );
    // In order and nothing twice; a best-effort message may be lost on its way from broker to gateway, and nowhere else.
    const payloads = got.map(({ payload }) => payload as number);
    assert.deepEqual(
      payloads,
      [...new Set(payloads)].sort((a, b) => a - b),
    );
    const missing = settled.filter((count) => !payloads.includes(count));
    assert.ok(missing.length <= 3 * 20, `${missing.length} of ${settled.length} were under way`);
  });

  it("with --state, swallows no other message for having the id of one that its client has", async () => {
    const gateway = await start("--state", bus.file("ids.sqlite"));
    const here = await connect(gateway.edge);
    const send = (payload: number) =>
      bus.server.send("news", payload, { id: "123", auth: { sessionId: here.welcome.sessionId } });
    await send(1);
    await here.message();
    await bus.settled("clients");
    await gateway.kill();
    await bus.noticed("clients", 0);
    await gateway.start();
    const back = await connect(gateway.edge, here.position);
    await send(2);
    await send(3);
    await back.message(2);
    assert.deepEqual(
      back.pushed.map(({ offset, payload }) => [offset, payload]),
      [
        [2, 2],
        [3, 3],
      ],
    );
    back.drop();
  });

  it("with --session-key-file alone, knows its clients again, and tells them that they may have missed something", async () => {
    const gateway = await start("--session-key-file", bus.file("key", "a key of the tests, long enough for anybody"));
    const client = await connect(gateway.edge);
    await gateway.kill();
    await bus.noticed("clients", 0);
    await send({ sessionId: client.welcome.sessionId }, "while it was away");
    await gateway.start();
    const back = await connect(gateway.edge, client.position);
    assert.deepEqual([back.welcome.recovered, back.welcome.sessionId], [false, client.welcome.sessionId]);
    assert.equal((await back.message()).payload, "while it was away");
    back.drop();
  });

  it("with nothing, gives clients a new session, and says so", async () => {
    const gateway = await start();
    const client = await connect(gateway.edge);
    await gateway.kill();
    await gateway.start();
    const back = await connect(gateway.edge, client.position);
    assert.equal(back.welcome.recovered, false);
    assert.notEqual(back.welcome.sessionId, client.welcome.sessionId);
    back.drop();
  });

  it("is not run twice with one file", async () => {
    const file = bus.file("shared.sqlite");
    await start("--state", file);
    const loaded = load(gatewaySettings, [
      ...bus.gatewayArguments,
      "--state",
      file,
      "--port",
      "0",
      "--admin-port",
      "0",
    ]);
    await assert.rejects(startGateway(loaded), { name: "SettingsError", message: /--state: .*locked/ });
  });
});

describe("a gateway that is told to end", function () {
  this.timeout(120_000);
  let bus: GatewayBus;

  before(async () => {
    bus = await GatewayBus.start();
  });

  after(() => bus.stop());

  it("lets requests end, sends its clients away to come back, and exits with 0", async () => {
    const gateway = await GatewayProcess.startWith([...bus.gatewayArguments, "--state", bus.file("drained.sqlite")]);
    try {
      const answers: (() => void)[] = [];
      bus.server.handle("ask", async () => {
        await new Promise<void>((resolve) => answers.push(resolve));
        return { name: "answered" };
      });
      const [client, idle] = [await WsClient.connect(gateway.edge), await WsClient.connect(gateway.edge)];
      const events = await fetch(`${gateway.edge}/v1/events`);
      const asked = fetch(`${gateway.edge}/v1/request/ask`, { method: "POST" });
      client.send({ name: "ask", ref: 1, request: true });
      await eventually("the requests", () => answers.length === 2);
      const ended = gateway.stop();
      await eventually("draining", async () => (await fetch(`${gateway.admin}/readyz`)).status === 503);
      for (const answer of answers) answer();
      assert.equal((await asked).status, 200);
      assert.equal(((await client.answer(1)) as { message: Frame }).message.name, "answered");
      for (const each of [client, idle]) assert.equal((await each.end()).code, 1012);
      assert.match(await events.text(), /event: close\ndata: \{"type":"close","code":1012/);
      assert.equal((await ended)?.code, 0);
      await gateway.start();
      const back = await WsClient.connect(gateway.edge, idle.position);
      assert.equal(back.welcome.recovered, true);
      back.drop();
    } finally {
      await gateway.stop();
    }
  });

  it("answers what its clients would send again to the next gateway", async () => {
    const gateway = await GatewayProcess.startWith(bus.gatewayArguments);
    try {
      const answers: (() => void)[] = [];
      bus.server.handle("answer", async () => {
        await new Promise<void>((resolve) => answers.push(resolve));
        return { name: "answered" };
      });
      const first = await WsClient.connect(gateway.edge);
      const request = { name: "answer", request: true, key: "one", ref: 1 };
      first.send(request);
      await eventually("the request", () => answers.length === 1);
      // As after a cut: sent again by the next connection, it waits for the answer of the first.
      const second = await WsClient.connect(gateway.edge, first.position);
      second.send(request);
      second.send({ type: "ping", ref: "sent" });
      await second.answer("sent");
      const ended = gateway.stop();
      await eventually("draining", async () => (await fetch(`${gateway.admin}/readyz`)).status === 503);
      answers[0]?.();
      assert.equal((await second.answer(1)).type, "reply");
      assert.equal((await second.end()).code, 1012);
      assert.equal((await ended)?.code, 0);
    } finally {
      await gateway.stop();
    }
  });

  it("lets callers have all of the last answers, large and compressed ones as well", async () => {
    const gateway = await GatewayProcess.startWith(bus.gatewayArguments);
    const answers: (() => void)[] = [];
    // Compressing it takes a while.
    const payload = randomBytes(400_000).toString("hex");
    const remove = bus.server.handle("mail us", async () => {
      await new Promise<void>((resolve) => answers.push(resolve));
      return { name: "answered", payload };
    });
    try {
      const headers = { "accept-encoding": "br" };
      const request = ask(`${gateway.edge}/v1/request/mail%20us`, { method: "POST", headers }).end();
      const answered = once(request, "response") as Promise<[IncomingMessage]>;
      await eventually("the request", () => answers.length === 1);
      const ended = gateway.stop();
      await eventually("draining", async () => (await fetch(`${gateway.admin}/readyz`)).status === 503);
      answers[0]?.();
      const [answer] = await answered;
      const text = brotliDecompressSync(Buffer.concat(await answer.toArray())).toString();
      assert.equal((JSON.parse(text) as Frame).payload, payload);
      assert.equal((await ended)?.code, 0);
    } finally {
      remove();
      await gateway.stop();
    }
  });
});
