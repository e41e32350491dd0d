import assert from "node:assert/strict";
import type { Participant, Received, Subject } from "./driver.ts";
import { decide, publishPending, sealed, unsealed } from "./sealed.ts";

const routes = {
  security: {},
  web: { sends: ["users.may"] },
  // Nobody receives what it answers.
  users: { sends: ["users.may do"], receives: ["users.may"] },
};

const message = (more = "") => `{"name":"users.may","payload":{"n":1.0,"id":12345678901234567890}${more}}`;

/** What the security role may ask others. */
export function securityRequestCases({ start }: Subject): void {
  describe("a security request", () => {
    const attachAll = async () => {
      const bus = await start(routes);
      return { bus, security: await bus.attach("security"), users: await bus.attach("users") };
    };
    const ask = (security: Participant, activity: string, request = 0) =>
      security.publish("security request", { activity, request, payload: sealed({ id: "q", payload: message() }) });
    const answer = (users: Participant, replyTo: Received, isReplyGuessed = true) =>
      users.publish("users.may do", { replyTo, isReplyGuessed, payload: sealed({ id: "a", payload: "1.50" }) });

    it("is delivered unchecked, as the message that it carries, in the activity that this names", async () => {
      const { security, users } = await attachAll();
      const payload = sealed({ payload: message(',"id":"inner","activityId":"never seen"') });
      assert.equal(await security.publish("security request", { activity: "outer", payload }), "ok");
      const asked = await users.next();
      assert.deepEqual([asked.name, asked.activity, asked.isSecurity], ["users.may", "never seen", true]);
      assert.equal(unsealed(asked).id, "inner");
      assert.equal(unsealed(asked).payload, '{"n":1.0,"id":12345678901234567890}');
      assert.deepEqual(await security.received(), []);
    });

    it("is delivered in an activity of its own, and under an id of its own, if the message names none", async () => {
      const { security, users } = await attachAll();
      await ask(security, "outer");
      const [asked, { id }] = await users.next().then((each) => [each, unsealed(each)] as const);
      assert.notEqual(asked.activity, "outer");
      assert.ok(asked.activity.length > 0 && id.length > 0 && id !== "q");
    });

    it("gets each of several answers, all in one activity, by what it answers", async () => {
      const { security, users } = await attachAll();
      const carrying = (activity: string) =>
        sealed({ id: `for ${activity}`, payload: message(`,"activityId":"${activity}"`) });
      for (const activity of ["a", "b", "a"])
        await security.publish("security request", { activity: "one", payload: carrying(activity) });
      const first = await users.received();
      assert.deepEqual(first.map(({ activity }) => activity).sort(), ["a", "b"]);
      for (const asked of first.toReversed()) {
        assert.equal(await answer(users, asked), "ok");
        await users.done(asked);
      }
      const again = await users.next();
      assert.equal(again.activity, "a");
      await answer(users, again);
      const responses = await security.received();
      assert.deepEqual(
        responses.map((each) => [
          each.activity,
          unsealed(each).responseTo,
          JSON.parse(unsealed(each).payload).activityId,
        ]),
        [
          ["one", "for b", "b"],
          ["one", "for a", "a"],
          ["one", "for a", "a"],
        ],
      );
    });

    it("takes id and auth from the message, where it has them", async () => {
      const { security, users } = await attachAll();
      const payload = sealed({ id: "outer", auth: "1", payload: message(',"id":"inner","auth":{"a":2}') });
      await security.publish("security request", { payload });
      const { id, auth } = unsealed(await users.next());
      assert.deepEqual([id, auth], ["inner", '{"a":2}']);
    });

    it("gets the answer, unchecked and although nobody subscribes to it, as the payload of a security response", async () => {
      const { security, users } = await attachAll();
      await ask(security, "one");
      const asked = await users.next();
      assert.equal(await answer(users, asked), "ok");
      const response = await security.next();
      assert.deepEqual([response.name, response.activity, response.answers], ["security response", "one", 0]);
      const { payload, responseTo } = unsealed(response);
      assert.equal(responseTo, "q");
      const ids = `"id":"a","activityId":"${asked.activity}"`;
      const told = `{"name":"users.may do","payload":1.50,${ids},"auth":null,"isSecurity":false,"sender":"users"}`;
      assert.equal(payload, told);
    });

    it("gets it straight, and without credit, if it waits for it as for a reply", async () => {
      const { security, users } = await attachAll();
      await security.setWindow(0);
      await ask(security, "one", 9);
      await answer(users, await users.next(), false);
      assert.equal((await security.next()).answers, 9);
    });

    it("may be sent in the activity of a question that is being handled", async () => {
      const { bus, security, users } = await attachAll();
      const web = await bus.attach("web");
      const { decided } = await publishPending(web, "users.may");
      const question = await security.next();
      await ask(security, question.activity);
      const asked = await users.next();
      await answer(users, asked);
      await users.done(asked);
      assert.equal((await security.next()).name, "security response");
      await decide(security, question, "authorized");
      assert.equal(await decided, "ok");
      assert.equal((await users.next()).isSecurity, false);
    });

    it("passes the handler that waits for the message which is being decided on, in whose activity it asks", async () => {
      const bus = await start({
        security: {},
        web: { sends: ["users.ask"] },
        users: { sends: ["tell"], receives: ["users.ask", "users.may"] },
        tweets: { receives: ["tell"] },
      });
      const [security, web, users] = [await bus.attach("security"), await bus.attach("web"), await bus.attach("users")];
      await publishPending(web, "users.ask", { activity: "shared" });
      await decide(security, await security.next(), "authorized");
      const handled = await users.next();
      await publishPending(users, "tell", { activity: "shared", request: 5, cause: handled });
      const question = await security.next();
      const payload = sealed({ payload: message(',"activityId":"shared"') });
      await security.publish("security request", { activity: "one", request: 9, cause: question, payload });
      assert.equal((await users.next()).name, "users.may");
    });

    it("finds room at an instance whose handler waits for a message that is being decided on", async () => {
      const bus = await start({
        security: {},
        web: { sends: ["users.ask"] },
        users: { sends: ["tell", "users.may do"], receives: ["users.ask", "users.may"] },
        tweets: { receives: ["tell"] },
      });
      const [security, web, users] = [
        await bus.attach("security"),
        await bus.attach("web"),
        await bus.attach("users", { window: 1 }),
      ];
      await publishPending(web, "users.ask");
      await decide(security, await security.next(), "authorized");
      const handled = await users.next();
      await publishPending(users, "tell", { activity: handled.activity, request: 5, cause: handled });
      await ask(security, "one");
      assert.equal((await users.next()).name, "users.may");
    });

    it("is answered once, by who was asked, in its activity", async () => {
      const { bus, security, users } = await attachAll();
      const web = await bus.attach("web");
      await ask(security, "one");
      const asked = await users.next();
      // An ordinary message then, which waits for its verdict, or has no receivers.
      await publishPending(web, "users.may", { replyTo: asked });
      assert.equal(await answer(users, { ...asked, activity: "two" }), "NO_RECEIVERS");
      assert.equal((await security.next()).name, "authorize message");
      assert.equal(await answer(users, asked), "ok");
      assert.equal((await security.next()).name, "security response");
      assert.equal(await answer(users, asked), "NO_RECEIVERS");
      assert.deepEqual(await security.received(), []);
    });

    it("may be answered until its deadline", async () => {
      const { bus, security, users } = await attachAll();
      await security.publish("security request", { deadlineMs: 1000, payload: sealed({ payload: message() }) });
      const asked = await users.next();
      await bus.advance(1050);
      assert.equal(await answer(users, asked), "NO_RECEIVERS");
    });

    it("is refused if nobody receives the message, or if it carries none", async () => {
      const { security } = await attachAll();
      const send = (payload: string) => security.publish("security request", { payload: sealed({ payload }) });
      assert.equal(await send('{"name":"nobody"}'), "NO_RECEIVERS");
      for (const payload of [
        "",
        "1",
        "{}",
        '{"name":1}',
        '{"name":""}',
        "{",
        `{"name":"users.may","id":"${"x".repeat(256)}"}`,
        `{"name":"users.may","activityId":"${"x".repeat(256)}"}`,
        '{"name":"users.may","activityId":"a\\nb"}',
        `{"name":"users.may","id":"${"\u{1f600}".repeat(128)}"}`,
        '{"name":"users.may","id":"\\ud800"}',
      ]) {
        assert.equal(await send(payload), "INVALID_MESSAGE");
      }
    });

    it("that fails is told to who waits", async () => {
      const { security, users } = await attachAll();
      await ask(security, "one", 9);
      await users.settle(await users.next(), "failed");
      assert.deepEqual(
        (await security.undelivered()).map(({ request, reason }) => [request, reason]),
        [[9, "HANDLER_FAILED"]],
      );
    });
  });
}
