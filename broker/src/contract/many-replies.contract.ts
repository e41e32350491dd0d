import assert from "node:assert/strict";
import type { Bus, Participant, Received, Subject } from "./driver.ts";
import { decide, publishPending } from "./sealed.ts";

const routes = {
  web: { sends: ["ask"], receives: ["answer"] },
  sink: { sends: ["answer", "secret"], receives: ["ask"] },
  audit: { receives: ["secret"] },
};
const several = { ...routes, other: { sends: ["answer"], receives: ["ask"] } };

/** Requests that take any number of replies. */
export function manyRepliesCases({ start }: Subject): void {
  describe("a request with many replies", () => {
    let bus: Bus;

    /** Somebody who asks, and who is asked. */
    async function asked(request = { request: 7, many: true }) {
      bus = await start(routes);
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
      await web.publish("ask", request);
      return { web, sink, ask: await sink.next() };
    }

    it("says so to its receivers, and stays open until they have no more", async () => {
      const { web, sink, ask } = await asked();
      assert.equal(ask.isMany, true);
      const confirmed = ["one", "two"].map((payload) => sink.publish("answer", { replyTo: ask, payload, more: true }));
      await taken(sink);
      const replies = await web.received();
      assert.deepEqual(
        replies.map(({ payload, answers, isMore }) => [payload, answers, isMore]),
        [
          ["one", 7, true],
          ["two", 7, true],
        ],
      );
      assert.deepEqual(await web.answeredRequests(), []);
      for (const reply of replies) await web.done(reply);
      assert.deepEqual(await Promise.all(confirmed), ["ok", "ok"]);
      await sink.settle(ask, "answered");
      assert.deepEqual(await web.answeredRequests(), [7]);
      assert.deepEqual(await web.undelivered(), []);
    });

    it("is an ordinary message if it is no request", async () => {
      const { ask } = await asked({ request: 0, many: true });
      assert.deepEqual([ask.isMany, ask.replyRequest], [false, 0]);
    });

    it("sets the pace: a reply is confirmed when it is settled", async () => {
      const { web, sink, ask } = await asked();
      let isConfirmed = false;
      const confirmed = sink.publish("answer", { replyTo: ask, more: true }).then(() => {
        isConfirmed = true;
      });
      await taken(sink);
      const reply = await web.next();
      await sink.received();
      assert.equal(isConfirmed, false);
      await web.done(reply);
      await confirmed;
    });

    it("ends with a reply that is the last, of which its delivery says so", async () => {
      const { web, sink, ask } = await asked();
      assert.equal(await sink.publish("answer", { replyTo: ask, payload: "only" }), "ok");
      await sink.done(ask);
      const [reply] = await web.received();
      assert.deepEqual([reply?.payload, reply?.answers, reply?.isMore], ["only", 7, false]);
      assert.deepEqual(await web.answeredRequests(), []);
      assert.equal(await sink.publish("answer", { replyTo: ask, payload: "late", more: true }), "NO_RECEIVERS");
    });

    it("ends without a reply if no receiver has one", async () => {
      const { web, sink, ask } = await asked();
      await sink.settle(ask, "answered");
      assert.deepEqual(await web.answeredRequests(), [7]);
      assert.deepEqual(await web.received(), []);
    });

    it("stays open for who may still reply, as with any request", async () => {
      const { web, sink, ask } = await asked();
      await sink.done(ask);
      assert.deepEqual(await web.answeredRequests(), []);
      await sink.publish("answer", { replyTo: ask });
      assert.equal((await web.next()).isMore, false);
    });

    it("waits for the last reply of every role", async () => {
      const asking = await start(several);
      const [web, sink, other] = [
        await asking.attach("web"),
        await asking.attach("sink"),
        await asking.attach("other"),
      ];
      await web.publish("ask", { request: 7, many: true });
      const [first, second] = [await sink.next(), await other.next()];
      await sink.publish("answer", { replyTo: first, payload: "sink" });
      assert.equal((await web.next()).isMore, true);
      await other.settle(second, "answered");
      assert.deepEqual(await web.answeredRequests(), [7]);
    });

    it("fails if one of them fails, once the others are through", async () => {
      const asking = await start(several);
      const [web, sink, other] = [
        await asking.attach("web"),
        await asking.attach("sink"),
        await asking.attach("other"),
      ];
      await web.publish("ask", { request: 7, many: true });
      const [first, second] = [await sink.next(), await other.next()];
      await other.settle(second, "failed");
      assert.deepEqual(await web.undelivered(), []);
      await sink.publish("answer", { replyTo: first });
      assert.equal((await web.next()).isMore, true);
      assert.deepEqual((await web.undelivered()).map(({ reason }) => reason), ["HANDLER_FAILED"]); // biome-ignore format: one line
    });

    it("counts a receiver that fails after its last reply once, and waits for the others", async () => {
      const asking = await start(several);
      const [web, sink, other] = [
        await asking.attach("web"),
        await asking.attach("sink"),
        await asking.attach("other"),
      ];
      await web.publish("ask", { request: 7, many: true });
      const [first, second] = [await sink.next(), await other.next()];
      await sink.publish("answer", { replyTo: first, payload: "sink" });
      await sink.settle(first, "failed");
      assert.equal((await web.next()).isMore, true);
      assert.deepEqual([await web.undelivered(), await web.answeredRequests()], [[], []]);
      await other.publish("answer", { replyTo: second, payload: "other" });
      const last = await web.next();
      assert.deepEqual([last.payload, last.isMore], ["other", false]);
      assert.deepEqual(await web.undelivered(), []);
    });

    it("counts a receiver that gives two last replies once, and loses neither", async () => {
      const asking = await start(several);
      const [web, sink, other] = [
        await asking.attach("web"),
        await asking.attach("sink"),
        await asking.attach("other"),
      ];
      await web.publish("ask", { request: 7, many: true });
      const [first, second] = [await sink.next(), await other.next()];
      for (const payload of ["one", "two"]) {
        await sink.publish("answer", { replyTo: first, payload });
        assert.deepEqual(await web.next().then((reply) => [reply.payload, reply.isMore]), [payload, true]);
      }
      await other.settle(second, "answered");
      assert.deepEqual(await web.answeredRequests(), [7]);
    });

    it("fails when the instance that replies is lost", async () => {
      const { web, sink, ask } = await asked();
      void sink.publish("answer", { replyTo: ask, more: true });
      await taken(sink);
      assert.equal((await web.next()).isMore, true);
      await sink.break();
      assert.deepEqual((await web.undelivered()).map(({ reason }) => reason), ["HANDLER_FAILED"]); // biome-ignore format: one line
    });

    it("that is given up tells who is at it, and takes nothing more", async () => {
      const { web, sink, ask } = await asked();
      const waiting = sink.publish("answer", { replyTo: ask, more: true });
      await taken(sink);
      const reply = await web.next();
      await web.abandon(7);
      assert.deepEqual(await sink.unwantedDeliveries(), [ask.number]);
      assert.equal(await sink.publish("answer", { replyTo: ask, more: true }), "NO_RECEIVERS");
      await web.settle(reply, "returned");
      assert.equal(await waiting, "NO_RECEIVERS");
      assert.deepEqual(await web.received(), []);
      assert.equal(bus.delivered("web").dropped, 1);
    });

    it("that was given up while it waited says so where it comes at last", async () => {
      bus = await start(routes);
      const web = await bus.attach("web");
      await web.publish("ask", { request: 7, many: true });
      await web.abandon(7);
      const sink = await bus.attach("sink");
      const ask = await sink.next();
      assert.deepEqual(await sink.unwantedDeliveries(), [ask.number]);
    });

    it("ends at its deadline for who is at it", async () => {
      bus = await start(routes);
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
      await web.publish("ask", { request: 7, many: true, deadlineMs: 1000 });
      const ask = await sink.next();
      await bus.advance(1100);
      assert.deepEqual(await sink.unwantedDeliveries(), [ask.number]);
      assert.equal(await sink.publish("answer", { replyTo: ask, more: true }), "NO_RECEIVERS");
    });

    it("takes no replies from outside of its activity", async () => {
      const { web, sink, ask } = await asked();
      const forged = { ...ask, activity: "made up" };
      assert.equal(await sink.publish("answer", { replyTo: forged, more: true }), "NO_RECEIVERS");
      assert.deepEqual(await web.received(), []);
      await sink.settle(ask, "answered");
      assert.deepEqual(await web.answeredRequests(), [7]);
    });

    it("ends if more replies come than its requester settles", async () => {
      const { web, sink, ask } = await asked();
      const confirmed: Promise<string>[] = [];
      const payload = "x".repeat(40_000);
      for (let n = 0; n < 500; n += 1) confirmed.push(sink.publish("answer", { replyTo: ask, more: true, payload }));
      const refused = new Promise<string>((resolve) => {
        for (const each of confirmed) void each.then((verdict) => verdict !== "ok" && resolve(verdict));
      });
      assert.equal(await refused, "QUEUE_FULL");
      assert.deepEqual((await web.undelivered())[0]?.reason, "QUEUE_FULL");
      assert.deepEqual(await sink.unwantedDeliveries(), [ask.number]);
    });

    it("ends with NOT_ALLOWED if its requester does not receive a reply", async () => {
      const { web, sink, ask } = await asked();
      assert.equal(await sink.publish("secret", { replyTo: ask, more: true }), "ok");
      assert.deepEqual((await web.undelivered()).map(({ reason }) => reason), ["NOT_ALLOWED"]); // biome-ignore format: one line
      assert.deepEqual(await sink.unwantedDeliveries(), [ask.number]);
    });

    it("is checked by a security role, reply for reply, and keeps its pace and its end", async () => {
      bus = await start({ ...routes, security: {} });
      const [security, web, sink] = [await bus.attach("security"), await bus.attach("web"), await bus.attach("sink")];
      const authorize = async () => decide(security, await security.next(), "authorized");
      await publishPending(web, "ask", { request: 7, many: true });
      await authorize();
      const ask = await sink.next();
      assert.equal(ask.isMany, true);
      let isConfirmed = false;
      const more = await publishPending(sink, "answer", { replyTo: ask, more: true });
      void more.decided.then(() => {
        isConfirmed = true;
      });
      await authorize();
      const first = await web.next();
      assert.deepEqual([first.answers, first.isMore, isConfirmed], [7, true, false]);
      await web.done(first);
      assert.equal(await more.decided, "ok");
      const last = await publishPending(sink, "answer", { replyTo: ask });
      await authorize();
      assert.equal(await last.decided, "ok");
      assert.equal((await web.next()).isMore, false);
    });

    it("is no longer taken by who left, though the security role still thinks about a reply", async () => {
      bus = await start({ ...routes, security: {} });
      const [security, web, sink] = [await bus.attach("security"), await bus.attach("web"), await bus.attach("sink")];
      const authorize = async () => decide(security, await security.next(), "authorized");
      await publishPending(web, "ask", { request: 7, many: true });
      await authorize();
      const { decided } = await publishPending(sink, "answer", { replyTo: await sink.next(), more: true });
      await web.abandon(7);
      await authorize();
      assert.equal(await decided, "NO_RECEIVERS");
      assert.deepEqual(await web.received(), []);
    });

    it("leaves the slot of the handler that waits for it to others until it ends", async () => {
      bus = await start({ ...routes, sink: { ...routes.sink, sends: ["answer", "dig"] }, deep: { sends: ["dug"], receives: ["dig"] }, web: { ...routes.web, receives: ["answer"] } }); // biome-ignore format: one line
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink", { window: 1 })];
      await web.publish("ask", { activity: "a" });
      await web.publish("ask", { activity: "b" });
      const first = await sink.next();
      await sink.publish("dig", { request: 3, many: true, cause: first as Received, activity: "a" });
      assert.equal((await sink.next()).activity, "b");
    });
  });
}

/** The bus has what was sent and not confirmed. */
async function taken(participant: Participant): Promise<void> {
  await participant.names();
}
