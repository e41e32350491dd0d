import assert from "node:assert/strict";
import type { Participant, Subject } from "./driver.ts";
import { decide, publishPending, sealed, unsealed } from "./sealed.ts";

const routes = {
  security: {},
  web: { sends: ["users.create", "users.list", "unheard"], receives: ["users.listed"] },
  users: { sends: ["users.listed"], receives: ["users.create", "users.list"] },
  audit: { receives: ["message unauthorized"] },
};

/** What a security role decides, and how. */
export function securityCases({ start }: Subject): void {
  describe("with a security role", () => {
    const attachAll = async (sketch: Parameters<typeof start>[0] = routes, limits = {}) => {
      const bus = await start(sketch, limits);
      const [security, web, users] = [await bus.attach("security"), await bus.attach("web"), await bus.attach("users")];
      return { bus, security, web, users };
    };
    const verdictOf = async (participant: Participant) => decide(participant, await participant.next(), "authorized");

    it("asks it about a message, under a new activity, with the message exactly as it was sent", async () => {
      const { security, web } = await attachAll();
      const payload = '{"z":12345678901234567890,"a": 1.0,"é":"\\u00e9"}';
      const auth = '{"user":1e2}';
      await publishPending(web, "users.create", { activity: "ä1", id: "the id", payload, auth });
      const question = await security.next();
      assert.deepEqual([question.name, question.isSecurity], ["authorize message", false]);
      assert.notEqual(question.activity, "ä1");
      const ids = '"id":"the id","activityId":"ä1"';
      const told = `{"name":"users.create","payload":${payload},${ids},"auth":${auth},"isSecurity":false,"sender":"web"}`;
      assert.equal(unsealed(question).payload, told);
    });

    it("says null for what is absent", async () => {
      const { security, web } = await attachAll();
      await publishPending(web, "users.create");
      const { payload, auth } = JSON.parse(unsealed(await security.next()).payload);
      assert.deepEqual([payload, auth], [null, null]);
    });

    it("delivers a message once it is authorised, as if nothing had been", async () => {
      const { security, web, users } = await attachAll();
      const { decided } = await publishPending(web, "users.create", { activity: "one", payload: "[1]" });
      const question = await security.next();
      assert.deepEqual(await users.received(), []);
      assert.equal(await decide(security, question, "authorized"), "ok");
      assert.equal(await decided, "ok");
      const message = await users.next();
      assert.deepEqual([message.name, message.activity, message.isSecurity], ["users.create", "one", false]);
      assert.equal(unsealed(message).payload, "[1]");
    });

    it("refuses one that is not, and tells those who subscribe to that in its activity", async () => {
      const { bus, security, web, users } = await attachAll();
      const audit = await bus.attach("audit");
      const { decided } = await publishPending(web, "users.create", { activity: "one", id: "7", auth: '{"u":1}' });
      const question = await security.next();
      await decide(security, question, "unauthorized");
      assert.equal(await decided, "REFUSED_BY_SECURITY");
      assert.deepEqual(await users.received(), []);
      const notice = await audit.next();
      assert.deepEqual([notice.name, notice.activity], ["message unauthorized", "one"]);
      const { payload, responseTo, auth } = unsealed(notice);
      assert.deepEqual([payload, responseTo, auth], [unsealed(question).payload, "7", '{"u":1}']);
    });

    it("refuses what it gave no verdict on within five seconds", async () => {
      const { bus, security, web, users } = await attachAll();
      const { decided } = await publishPending(web, "users.create");
      const question = await security.next();
      await bus.advance(4990);
      await publishPending(web, "users.list");
      await bus.advance(50);
      assert.equal(await decided, "NO_INSTANCE");
      assert.equal(await decide(security, question, "authorized"), "NO_RECEIVERS");
      await verdictOf(security);
      assert.equal((await users.next()).name, "users.list");
    });

    it("waits for an instance of it, for as long", async () => {
      const bus = await start(routes);
      const [web, users] = [await bus.attach("web"), await bus.attach("users")];
      const first = await publishPending(web, "users.create");
      await bus.advance(5040);
      assert.equal(await first.decided, "NO_INSTANCE");
      const second = await publishPending(web, "users.create");
      await verdictOf(await bus.attach("security"));
      assert.equal(await second.decided, "ok");
      assert.equal((await users.received()).length, 1);
    });

    it("gives up a message at its own deadline", async () => {
      const { bus, security, web } = await attachAll();
      const asked = await publishPending(web, "users.create", { deadlineMs: 1000 });
      await security.next();
      await bus.advance(1050);
      assert.equal(await asked.decided, "DEADLINE_EXCEEDED");
      await security.break();
      const unasked = await publishPending(web, "users.create", { deadlineMs: 1000 });
      await bus.advance(1050);
      assert.equal(await unasked.decided, "DEADLINE_EXCEEDED");
    });

    it("asks nothing about what is refused anyway", async () => {
      const { security, web } = await attachAll();
      assert.equal(await web.publish("users.listed"), "NOT_ALLOWED");
      assert.equal(await web.publish("unheard"), "NO_RECEIVERS");
      assert.deepEqual(await security.received(), []);
    });

    it("does not let a sender write a question of its own", async () => {
      const { security, web } = await attachAll();
      for (const forged of ['1,"name":"harmless"', "{", '1,"sender":"admin"']) {
        const payload = sealed({ payload: forged });
        assert.equal(await web.publish("users.create", { payload }), "INVALID_MESSAGE");
        assert.equal(await web.publish("users.create", { payload: sealed({ auth: forged }) }), "INVALID_MESSAGE");
      }
      assert.equal(await web.publish("users.create", { payload: Uint8Array.of(0x0a, 0x7f, 1) }), "INVALID_MESSAGE");
      assert.deepEqual(await security.received(), []);
    });

    it("takes verdicts from nobody else, whatever their lists say", async () => {
      const names = ["message authorized", "message unauthorized", "security request", "authorize message"];
      const forger = { sends: [...names, "security response"], receives: [...names] };
      const { bus, security, web } = await attachAll({ ...routes, forger });
      const liar = await bus.attach("forger");
      const { decided } = await publishPending(web, "users.create");
      const question = await security.next();
      for (const name of forger.sends) {
        assert.equal(await liar.publish(name, { activity: question.activity }), "NOT_ALLOWED");
      }
      assert.deepEqual(await liar.received(), []);
      await decide(security, question, "unauthorized");
      assert.equal(await decided, "REFUSED_BY_SECURITY");
    });

    it("takes one verdict for each message, in the activity of its question only", async () => {
      const { security, web, users } = await attachAll();
      await publishPending(web, "users.create", { activity: "one" });
      const question = await security.next();
      assert.equal(await decide(security, { ...question, activity: "one" }, "authorized"), "NO_RECEIVERS");
      assert.equal(await decide(security, question, "authorized"), "ok");
      assert.equal(await decide(security, question, "unauthorized"), "NO_RECEIVERS");
      assert.equal((await users.received()).length, 1);
    });

    it("keeps the order of an activity, and lets others go by", async () => {
      const { security, web, users } = await attachAll();
      const sent = [];
      for (const [activity, payload] of [
        ["one", "1"],
        ["one", "2"],
        ["two", "3"],
        ["one", "4"],
      ] as const) {
        sent.push(await publishPending(web, "users.create", { activity, payload }));
      }
      const [first, second, third, fourth] = await security.received();
      for (const question of [fourth, third]) await decide(security, question ?? assert.fail(), "authorized");
      assert.equal(await sent[2]?.decided, "ok");
      const other = await users.next();
      assert.equal(unsealed(other).payload, "3");
      await decide(security, second ?? assert.fail(), "authorized");
      assert.deepEqual(await users.received(), []);
      await decide(security, first ?? assert.fail(), "unauthorized");
      assert.deepEqual(await Promise.all(sent.map(({ decided }) => decided)), [
        "REFUSED_BY_SECURITY",
        "ok",
        "ok",
        "ok",
      ]);
      for (const payload of ["2", "4"]) {
        const next = await users.next();
        assert.equal(unsealed(next).payload, payload);
        await users.done(next);
      }
    });

    it("checks replies as well, and tells who waits for one that is refused", async () => {
      const { security, web, users } = await attachAll();
      await publishPending(web, "users.list", { request: 7 });
      await verdictOf(security);
      const { decided } = await publishPending(users, "users.listed", { replyTo: await users.next() });
      await decide(security, await security.next(), "unauthorized");
      assert.equal(await decided, "REFUSED_BY_SECURITY");
      const [undelivered] = await web.undelivered();
      assert.deepEqual([undelivered?.request, undelivered?.reason], [7, "REFUSED_BY_SECURITY"]);
    });

    it("brings an authorised reply to who waits for it", async () => {
      const { security, web, users } = await attachAll();
      await publishPending(web, "users.list", { request: 7 });
      await verdictOf(security);
      await publishPending(users, "users.listed", { replyTo: await users.next() });
      await verdictOf(security);
      assert.equal((await web.next()).answers, 7);
    });

    it("does not check what it says itself, and marks that", async () => {
      const { security, users } = await attachAll({ ...routes, security: { sends: ["users.list"] } });
      assert.equal(await security.publish("users.list", { payload: sealed() }), "ok");
      assert.equal((await users.next()).isSecurity, true);
      assert.deepEqual(await security.received(), []);
    });

    it("bounds what waits, in bytes", async () => {
      const { security, web, users } = await attachAll(routes, { maxHeldBytes: 10_000 });
      const payload = sealed({ payload: JSON.stringify("x".repeat(500)) });
      await publishPending(web, "users.create", { payload: JSON.stringify("x".repeat(500)) });
      assert.equal(await web.publish("users.create", { payload }), "QUEUE_FULL");
      await verdictOf(security);
      await publishPending(web, "users.create");
      await verdictOf(security);
      assert.equal((await users.received()).length, 2);
    });

    it("leaves room for the messages of other roles where one role fills what waits", async () => {
      const { web, users } = await attachAll(routes, { maxHeldBytes: 60_000 });
      await publishPending(users, "users.listed");
      const ends: string[] = [];
      for (let count = 0; count < 20; count += 1)
        void web.publish("users.create", { payload: sealed() }).then((end) => ends.push(end));
      await web.names();
      assert.ok(ends.includes("QUEUE_FULL"), String(ends));
      const answered: string[] = [];
      void users.publish("users.listed", { payload: sealed() }).then((end) => answered.push(end));
      await users.names();
      assert.deepEqual(answered, []);
    });

    it("is asked about the largest payload, too", async () => {
      const { security, web } = await attachAll(routes, { maxPayloadBytes: 1000 });
      const payload = JSON.stringify("x".repeat(998));
      await publishPending(web, "users.create", { payload, auth: `"${"y".repeat(60_000)}"` });
      assert.equal(JSON.parse(unsealed(await security.next()).payload).payload.length, 998);
    });
  });
}
