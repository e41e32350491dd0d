import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { type Client, connect } from "./client.ts";
import type { ClientOptions } from "./client-options.ts";
import { pushed, ScriptedGateway, welcomeWith } from "./scripted-gateway.fixture.ts";
import type { Status } from "./status.ts";

describe("a client of the gateway", () => {
  let gateway: ScriptedGateway;
  let client: Client;
  let errors: unknown[];
  let statuses: Status[];

  beforeEach(() => {
    gateway = new ScriptedGateway();
    errors = [];
    statuses = [];
  });
  afterEach(() => client?.close());

  async function start(options: Partial<ClientOptions> = {}): Promise<void> {
    client = connect({
      url: "ws://gateway.test/v1/socket",
      WebSocket: gateway.WebSocket,
      backoffMs: [1, 4],
      onError: (error) => errors.push(error),
      ...options,
    });
    client.onStatus((status) => statuses.push(status));
    await turn();
  }

  /** The connection breaks, and the next one is there. */
  async function reconnect(code = 1006): Promise<void> {
    const before = gateway.sockets.length;
    gateway.socket.end(code);
    while (gateway.sockets.length === before) await turn();
    await turn();
  }

  const sentMessages = () => gateway.received.filter(({ type }) => type === undefined);

  describe("sending", () => {
    it("resolves once the bus has accepted, and says under which ids", async () => {
      await start();
      const sent = client.send("ask", { a: 1 }, { activityId: "a", deadlineMs: 5000 });
      await turn();
      const [{ key, deadline, ...frame } = {}] = sentMessages();
      assert.deepEqual(frame, { ref: 1, name: "ask", activityId: "a", payload: { a: 1 } });
      assert.match(String(key), /^[0-9a-f]{24}\.1$/);
      assert.match(String(deadline), /^\d+ms$/);
      gateway.socket.say({ type: "accepted", ref: 1, id: "i", activityId: "a" });
      assert.deepEqual(await sent, { id: "i", activityId: "a" });
    });

    it("leaves the payload out where there is none, and keeps null", async () => {
      await start();
      void client.send("ask").catch(() => {});
      void client.send("ask", null).catch(() => {});
      await turn();
      assert.deepEqual(sentMessages().map((frame) => "payload" in frame), [false, true]); // biome-ignore format: one line
    });

    it("resolves a request with its reply", async () => {
      await start();
      const reply = client.request("ask");
      await turn();
      assert.equal(sentMessages()[0]?.request, true);
      gateway.socket.say({ type: "reply", ref: 1, message: { name: "answer", payload: 2 } });
      assert.deepEqual(await reply, { name: "answer", payload: 2 });
    });

    it("rejects with the problem's reason", async () => {
      await start();
      const sent = client.send("ask");
      await turn();
      gateway.socket.say({ type: "problem", ref: 1, problem: { reason: "NOT_ALLOWED", detail: "No.", status: 403 } });
      await assert.rejects(sent, { name: "ExoError", reason: "NOT_ALLOWED", message: "No." });
    });

    it("refuses what has no JSON, or is too large, before it leaves", async () => {
      await start();
      const cycle: unknown[] = [];
      cycle.push(cycle);
      for (const payload of [cycle, 1n, () => {}])
        await assert.rejects(client.send("ask", payload), { reason: "INVALID_MESSAGE" });
      await assert.rejects(client.send(undefined as unknown as string, 1), { reason: "INVALID_MESSAGE" });
      await assert.rejects(client.send("ask", "x".repeat(1000)), { reason: "PAYLOAD_TOO_LARGE" });
      assert.deepEqual(sentMessages(), []);
    });

    it("gives up at the deadline, and when the signal fires, and ignores what comes later", async () => {
      await start();
      await assert.rejects(client.request("ask", 1, { deadlineMs: 5 }), { reason: "DEADLINE_EXCEEDED" });
      const abort = new AbortController();
      const sent = client.send("ask", 1, { signal: abort.signal });
      await turn();
      abort.abort(new Error("enough"));
      await assert.rejects(sent, /enough/);
      await assert.rejects(client.send("ask", 1, { signal: abort.signal }), /enough/);
      gateway.socket.say({ type: "accepted", ref: 1, id: "i", activityId: "a" });
      gateway.socket.say({ type: "accepted", ref: 2, id: "i", activityId: "a" });
      assert.deepEqual(errors, []);
    });
  });

  describe("while there is no connection", () => {
    it("keeps what is sent, and sends it in order", async () => {
      gateway.welcome = undefined;
      await start();
      const sent = [client.send("ask", 1), client.send("ask", 2)];
      await turn();
      assert.deepEqual(sentMessages(), []);
      gateway.socket.say(welcomeWith());
      assert.deepEqual(sentMessages().map(({ payload }) => payload), [1, 2]); // biome-ignore format: one line
      for (const ref of [1, 2]) gateway.socket.say({ type: "accepted", ref, id: "i", activityId: "a" });
      await Promise.all(sent);
    });

    it("sends again what has no answer, under the same key", async () => {
      await start();
      const sent = client.send("ask", 1);
      await turn();
      const [first] = sentMessages();
      await reconnect();
      const [again] = sentMessages();
      assert.deepEqual([again?.ref, again?.key], [first?.ref, first?.key]);
      gateway.socket.say({ type: "accepted", ref: 1, id: "i", activityId: "a" });
      await sent;
    });

    it("asks once more, after a rest, when that was too much for the gateway", async () => {
      await start();
      const reply = client.request("ask");
      await turn();
      gateway.socket.say({ type: "problem", ref: 1, problem: { reason: "RATE_LIMITED", retryAfterMs: 1 } });
      while (sentMessages().length < 2) await turn();
      gateway.socket.say({ type: "reply", ref: 1, message: { name: "answer" } });
      assert.deepEqual(await reply, { name: "answer" });
    });

    it("keeps no more than its bounds", async () => {
      gateway.welcome = undefined;
      await start({ maxQueueMessages: 2, maxQueueChars: 60 });
      const waiting = client.send("ask", "x".repeat(30));
      await turn();
      await assert.rejects(client.send("ask", "x".repeat(30)), { reason: "QUEUE_FULL" });
      void client.send("ask").catch(() => {});
      await turn();
      await assert.rejects(client.send("ask"), { reason: "QUEUE_FULL" });
      client.close();
      await assert.rejects(waiting, { reason: "DRAINING" });
      await assert.rejects(client.send("ask"), { reason: "DRAINING" });
    });
  });

  describe("receiving", () => {
    it("gives messages to the handlers of their names, until these are taken away", async () => {
      await start();
      const got: unknown[] = [];
      const off = client.on("told", ({ payload }) => got.push(payload));
      client.onAny(({ name }) => got.push(name));
      gateway.socket.say(pushed(1));
      off();
      gateway.socket.say(pushed(2));
      assert.deepEqual(got, [1, "told", "told"]);
    });

    it("takes up its session where it was, and nothing twice", async () => {
      await start();
      const got: unknown[] = [];
      client.on("told", ({ payload }) => got.push(payload));
      gateway.socket.say(pushed(1));
      gateway.socket.say(pushed(2));
      gateway.welcome = { recovered: true, offset: 2, session: "token-2" };
      await reconnect();
      assert.deepEqual(gateway.received[0], { type: "connect", session: "token-1", offset: 2, ack: false });
      gateway.socket.say(pushed(2));
      gateway.socket.say(pushed(3));
      assert.deepEqual(got, [1, 2, 3]);
    });

    it("says when something may be missing, and begins anew", async () => {
      await start();
      gateway.socket.say(pushed(1));
      gateway.welcome = { recovered: false, offset: 40, session: "other" };
      await reconnect();
      const online = statuses.filter(({ kind }) => kind === "online");
      assert.deepEqual(online.map((status) => "recovered" in status && status.recovered), [false, false]); // biome-ignore format: one line
      const got: unknown[] = [];
      client.on("told", ({ payload }) => got.push(payload));
      gateway.socket.say(pushed(40));
      gateway.socket.say(pushed(41));
      assert.deepEqual(got, [41]);
    });

    it("goes on when a handler throws, and tells", async () => {
      await start();
      client.on("told", () => {
        throw new Error("one");
      });
      client.on("told", () => Promise.reject(new Error("two")));
      gateway.socket.say(pushed(1));
      await turn();
      assert.deepEqual(errors.map(String), ["Error: one", "Error: two"]);
    });

    it("confirms what its handlers are through with, and nothing before", async () => {
      await start({ ack: true });
      const first = Promise.withResolvers<void>();
      client.on("told", ({ offset }) => (offset === 1 ? first.promise : undefined));
      for (const offset of [1, 2, 3]) gateway.socket.say(pushed(offset));
      await turn();
      const acks = () => gateway.received.filter(({ type }) => type === "ack").map(({ offset }) => offset);
      assert.deepEqual(acks(), []);
      first.resolve();
      await turn();
      assert.deepEqual(acks(), [3]);
      gateway.welcome = { recovered: true, offset: 3 };
      await reconnect();
      assert.deepEqual(acks(), [3]);
    });

    it("keeps its place over a reload of the page: what was not dealt with comes again", async () => {
      const kept = new Map<string, string>();
      const storage = {
        getItem: (key: string) => kept.get(key) ?? null,
        setItem: (key: string, value: string) => void kept.set(key, value),
      };
      await start({ storage });
      client.on("told", ({ offset }) => offset === 2 && new Promise(() => {}));
      gateway.socket.say(pushed(1));
      gateway.socket.say(pushed(2));
      client.close();
      await start({ storage });
      assert.deepEqual(gateway.received[0], { type: "connect", session: "token-1", offset: 1, ack: false });
      client.close();
      kept.set("exosphere", "no JSON");
      await start({ storage });
      assert.deepEqual(gateway.received[0], { type: "connect", ack: false });
    });
  });

  describe("tokens", () => {
    it("asks for one at each connection", async () => {
      let count = 0;
      await start({ token: () => Promise.resolve(`jwt-${++count}`) });
      await reconnect(4401);
      assert.equal(gateway.received[0]?.token, "jwt-2");
      assert.equal(client.status.kind, "online");
    });

    it("is closed by one that is refused, or refused twice in a row", async () => {
      await start({ token: "jwt" });
      gateway.socket.end(4401, "expired");
      assert.deepEqual(
        [client.status.kind, "error" in client.status && client.status.error?.reason],
        ["closed", "UNAUTHENTICATED"],
      );
      gateway.welcome = undefined;
      await start({ token: () => "jwt" });
      await reconnect(4401);
      gateway.socket.end(4401);
      assert.equal(client.status.kind, "closed");
    });

    it("tries again when none is to be had", async () => {
      let isThere = false;
      await start({
        token: () => {
          if (!isThere) throw new Error("none");
          return "jwt";
        },
      });
      isThere = true;
      while (client.status.kind !== "online") await turn();
      assert.equal(gateway.received[0]?.token, "jwt");
      assert.match(String(errors[0]), /none/);
    });

    it("is renewed seldom where the clock of this machine says that it has expired", async () => {
      let count = 0;
      gateway.welcome = { expiresAt: new Date(Date.now() - 3_600_000).toISOString() };
      await start({ token: () => `jwt-${++count}` });
      for (let turns = 0; turns < 20; turns += 1) await turn();
      assert.equal(count, 1);
    });

    it("goes on with the one before when a new one is refused", async () => {
      await start({ token: "good" });
      const refreshed = client.refresh("bad");
      await turn();
      const { ref } = gateway.received[1] ?? {};
      gateway.socket.say({ type: "problem", ref, problem: { reason: "UNAUTHENTICATED" } });
      await assert.rejects(refreshed, { reason: "UNAUTHENTICATED" });
      await reconnect();
      assert.equal(gateway.received[0]?.token, "good");
    });

    it("is renewed before it expires, and on demand, without a new connection", async () => {
      let count = 0;
      gateway.welcome = { expiresAt: new Date(Date.now() + 20).toISOString() };
      await start({ token: () => `jwt-${++count}` });
      while (gateway.received.length < 2) await turn();
      assert.deepEqual([gateway.received[1]?.type, gateway.received[1]?.token], ["refresh", "jwt-2"]);
      const ref = gateway.received[1]?.ref;
      gateway.socket.say({
        type: "refreshed",
        ref,
        session: "token-2",
        user: "u",
        expiresAt: new Date(Date.now() + 60_000).toISOString(),
      });
      assert.deepEqual(client.status, { kind: "online", sessionId: "s1", user: "u", recovered: true });
      const refreshed = client.refresh("jwt-x");
      await turn();
      const [, , second] = gateway.received;
      assert.equal(second?.token, "jwt-x");
      gateway.socket.say({ type: "problem", ref: second?.ref, problem: { reason: "UNAUTHENTICATED" } });
      await assert.rejects(refreshed, { reason: "UNAUTHENTICATED" });
      assert.equal(gateway.sockets.length, 1);
    });
  });

  describe("the connection", () => {
    it("comes back after a loss, and says how it stands", async () => {
      await start();
      await reconnect(1012);
      assert.deepEqual(statuses.map(({ kind }) => kind), ["connecting", "online", "offline", "connecting", "online"]); // biome-ignore format: one line
    });

    for (const [code, reason] of [
      [1000, "DRAINING"],
      [1008, "INVALID_MESSAGE"],
    ] as const) {
      it(`is not sought again after ${code}`, async () => {
        await start();
        const reply = client.request("ask");
        await turn();
        gateway.socket.end(code);
        await assert.rejects(reply, { reason });
        assert.equal(client.status.kind, "closed");
      });
    }

    it("is asked whether it lives when it was silent, and given up when it does not answer", async () => {
      gateway.welcome = { pingMs: 1 };
      await start();
      while (gateway.received.length < 2) await turn();
      assert.deepEqual(gateway.received[1], { type: "ping" });
      gateway.socket.say("no JSON");
      assert.equal(client.status.kind, "offline");
      assert.equal(gateway.sockets[0]?.closedWith, 1005);
    });

    it("tells new names at once, and again with the next connection", async () => {
      await start();
      const subscribed = client.subscribe(["told"]);
      await turn();
      assert.deepEqual(gateway.received[1], { ref: 1, type: "subscribe", names: ["told"] });
      gateway.socket.say({ type: "subscribed", ref: 1, names: ["told"] });
      await subscribed;
      await reconnect();
      assert.deepEqual(gateway.received[0]?.names, ["told"]);
    });

    it("ends when it is closed", async () => {
      await start();
      client.close();
      client.close();
      assert.equal(gateway.socket.closedWith, 1000);
      assert.deepEqual(client.status, { kind: "closed", error: undefined });
    });

    it("is closed, and says why, where the platform allows no WebSocket", async () => {
      const WebSocket = class {
        constructor() {
          throw new Error("insecure");
        }
      } as unknown as (typeof gateway)["WebSocket"];
      const refused = connect({ url: "ws://gateway.test", WebSocket });
      await assert.rejects(refused.send("ask"), /insecure/);
      assert.equal(refused.status.kind, "closed");
    });

    it("is to an address that is one of a WebSocket", () => {
      assert.throws(() => connect({ url: "http://gateway.test" }), TypeError);
      assert.throws(() => connect({ url: "gateway" }), TypeError);
    });
  });
});
