import assert from "node:assert/strict";
import type { Received, Subject } from "./driver.ts";

const routes = {
  web: { sends: ["ask"], receives: ["answer"] },
  sink: { sends: ["answer", "secret", "unheard"], receives: ["ask"] },
  audit: { receives: ["answer", "secret"] },
};
const alone = { web: routes.web, sink: routes.sink };

/** How answers find who asked. */
export function replyCases({ start }: Subject): void {
  describe("a reply", () => {
    it("reaches only the instance that waits, and says which request it answers", async () => {
      const bus = await start(alone);
      const [web, otherWeb, sink] = [await bus.attach("web"), await bus.attach("web"), await bus.attach("sink")];
      await web.publish("ask", { request: 7, payload: "?" });
      const ask = await sink.next();
      assert.equal(await sink.publish("answer", { replyTo: ask, payload: "!" }), "ok");
      const answer = await web.next();
      assert.deepEqual([answer.name, answer.payload, answer.answers], ["answer", "!", 7]);
      assert.equal(answer.activity, ask.activity);
      assert.deepEqual([await web.received(), await otherWeb.received()], [[], []]);
    });

    it("needs no credit, and takes none", async () => {
      const bus = await start({ ...alone, news: { sends: ["answer"] } });
      const [web, sink, news] = [
        await bus.attach("web", { window: 0 }),
        await bus.attach("sink"),
        await bus.attach("news"),
      ];
      await web.publish("ask", { request: 7 });
      await sink.publish("answer", { replyTo: await sink.next() });
      const answer = await web.next();
      assert.equal(answer.answers, 7);
      await web.setWindow(1);
      await news.publish("answer", { payload: "ordinary" });
      assert.equal((await web.next()).payload, "ordinary");
      await web.done(answer);
      await news.publish("answer");
      assert.deepEqual(await web.received(), []);
    });

    it("goes to other subscribed roles as to anyone", async () => {
      const bus = await start(routes);
      const [web, sink, audit] = [await bus.attach("web"), await bus.attach("sink"), await bus.attach("audit")];
      await web.publish("ask", { request: 7 });
      await sink.publish("answer", { replyTo: await sink.next(), payload: "!" });
      assert.equal((await web.next()).answers, 7);
      const delivery = await audit.next();
      assert.deepEqual([delivery.payload, delivery.answers, delivery.replyRequest], ["!", 0, 0]);
    });

    it("that came too late and is returned becomes an ordinary delivery", async () => {
      const bus = await start(alone);
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
      await web.publish("ask", { request: 7 });
      await sink.publish("answer", { replyTo: await sink.next(), payload: "late" });
      await web.settle(await web.next(), "returned");
      const ordinary = await web.next();
      assert.deepEqual([ordinary.payload, ordinary.answers, ordinary.attempt], ["late", 0, 1]);
      await web.done(ordinary);
      assert.deepEqual(await web.received(), []);
    });

    it("that is returned needs room in the queue like any other, and is counted if there is none", async () => {
      const bus = await start(alone, { maxQueueMessages: 2 });
      const [web, sink] = [await bus.attach("web", { window: 0 }), await bus.attach("sink")];
      await web.publish("ask", { request: 7 });
      const ask = await sink.next();
      for (const request of [1, 2, 3]) {
        await sink.publish("answer", { replyTo: ask, request });
        await web.settle(await web.next(), "returned");
      }
      assert.equal(bus.waiting("web"), 2);
      assert.deepEqual(bus.delivered("web"), { returned: 3, queue_full: 1 });
      assert.deepEqual(
        (await sink.undelivered()).map(({ request, reason }) => [request, reason]),
        [[3, "HANDLER_FAILED"]],
      );
    });

    it("finds the requester on its next connection", async () => {
      const bus = await start(alone);
      const [before, sink] = [await bus.attach("web", { id: "same" }), await bus.attach("sink")];
      await before.publish("ask", { request: 7 });
      const ask = await sink.next();
      await before.break();
      const [other, after] = [await bus.attach("web"), await bus.attach("web", { id: "same" })];
      await sink.publish("answer", { replyTo: ask });
      assert.equal((await after.next()).answers, 7);
      assert.deepEqual(await other.received(), []);
    });

    it("is reported as lost on the requester's next connection if it had been written to the one that broke", async () => {
      const bus = await start(alone);
      const [before, sink] = [await bus.attach("web", { id: "same" }), await bus.attach("sink")];
      await before.publish("ask", { request: 7, activity: "one" });
      await sink.publish("answer", { replyTo: await sink.next() });
      assert.equal((await before.next()).answers, 7);
      await before.break();
      const after = await bus.attach("web", { id: "same" });
      const [lost, ...others] = await after.undelivered();
      assert.deepEqual([lost?.request, lost?.reason, others], [7, "HANDLER_FAILED", []]);
      assert.equal(Buffer.from(lost?.activityId ?? []).toString(), "one");
      // Once.
      await after.break();
      assert.deepEqual(await (await bus.attach("web", { id: "same" })).undelivered(), []);
    });

    it("to an instance that has gone becomes an ordinary delivery to its role", async () => {
      const bus = await start(alone);
      const [gone, other, sink] = [await bus.attach("web"), await bus.attach("web"), await bus.attach("sink")];
      await gone.publish("ask", { request: 7 });
      await gone.break();
      await sink.publish("answer", { replyTo: await sink.next() });
      assert.equal((await other.next()).answers, 0);
    });

    it("that the requester's role does not receive ends the request with NOT_ALLOWED, naming role and message", async () => {
      const bus = await start(routes);
      const [web, sink, audit] = [await bus.attach("web"), await bus.attach("sink"), await bus.attach("audit")];
      await web.publish("ask", { request: 7 });
      assert.equal(await sink.publish("secret", { replyTo: await sink.next() }), "ok");
      const [undelivered] = await web.undelivered();
      assert.deepEqual([undelivered?.request, undelivered?.reason], [7, "NOT_ALLOWED"]);
      assert.deepEqual({ ...undelivered?.facts }, { name: "secret", role: "web" });
      assert.match(undelivered?.detail ?? "", /'secret'.*'web'/);
      assert.deepEqual(await web.received(), []);
      assert.equal((await audit.next()).name, "secret");
    });

    it("that ends a request by its refusal names its activity, as a return path can be made up", async () => {
      const bus = await start(routes);
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
      await web.publish("ask", { request: 7, activity: "one" });
      const forged = { ...(await sink.next()), activity: "made up" };
      await sink.publish("secret", { replyTo: forged });
      await sink.publish("not mine", { replyTo: forged });
      const told = await web.undelivered();
      assert.deepEqual(
        told.map(({ request, activityId }) => [request, Buffer.from(activityId).toString()]),
        [
          [7, "made up"],
          [7, "made up"],
        ],
      );
    });

    it("that is refused ends the request at once, for the same reason", async () => {
      const bus = await start(routes, { maxPayloadBytes: 1000 });
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
      for (const request of [7, 8]) await web.publish("ask", { request });
      const [first, second] = await sink.received();
      const payload = new Uint8Array(70_000);
      assert.equal(await sink.publish("answer", { replyTo: first as Received, payload }), "PAYLOAD_TOO_LARGE");
      assert.equal(await sink.publish("not mine", { replyTo: second as Received }), "NOT_ALLOWED");
      assert.deepEqual(
        (await web.undelivered()).map(({ request, reason }) => [request, reason]),
        [
          [7, "PAYLOAD_TOO_LARGE"],
          [8, "NOT_ALLOWED"],
        ],
      );
    });

    it("that is refused leaves the request open if it was only a guess", async () => {
      const bus = await start(routes);
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
      await web.publish("ask", { request: 7 });
      await sink.publish("not mine", { replyTo: await sink.next(), isReplyGuessed: true });
      assert.deepEqual(await web.undelivered(), []);
    });

    it("that nobody receives at all is refused, and ends the request with NOT_ALLOWED", async () => {
      const bus = await start(alone);
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
      await web.publish("ask", { request: 7 });
      assert.equal(await sink.publish("unheard", { replyTo: await sink.next() }), "NO_RECEIVERS");
      assert.deepEqual(
        (await web.undelivered()).map(({ reason }) => reason),
        ["NOT_ALLOWED"],
      );
    });

    it("that was only a guess leaves the request open if the requester's role does not receive it", async () => {
      const bus = await start(routes);
      const [web, sink, audit] = [await bus.attach("web"), await bus.attach("sink"), await bus.attach("audit")];
      await web.publish("ask", { request: 7 });
      const ask = await sink.next();
      assert.equal(await sink.publish("secret", { replyTo: ask, isReplyGuessed: true }), "ok");
      assert.equal((await audit.next()).name, "secret");
      assert.deepEqual(await web.undelivered(), []);
      await sink.publish("answer", { replyTo: ask, isReplyGuessed: true });
      assert.equal((await web.next()).answers, 7);
    });

    it("may ask in its turn, and whoever asks so is told if it fails", async () => {
      const bus = await start(alone);
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
      await web.publish("ask", { request: 7 });
      await sink.publish("answer", { replyTo: await sink.next(), request: 9 });
      const answer = await web.next();
      assert.deepEqual([answer.answers, answer.replyRequest], [7, 9]);
      await web.settle(answer, "failed");
      assert.deepEqual(
        (await sink.undelivered()).map(({ request, reason }) => [request, reason]),
        [[9, "HANDLER_FAILED"]],
      );
    });

    it("with a return path to nobody is an ordinary message", async () => {
      const bus = await start(routes);
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
      const forged = { activity: "one", requester: 4711, replyRequest: 1 };
      assert.equal(await sink.publish("answer", { replyTo: forged }), "ok");
      assert.equal((await web.next()).answers, 0);
    });

    it("with a forged return path reaches an instance only with a message that its role receives", async () => {
      const bus = await start(routes);
      const [web, sink, audit] = [await bus.attach("web"), await bus.attach("sink"), await bus.attach("audit")];
      await web.publish("ask", { request: 7 });
      const { requester } = await sink.next();
      await sink.publish("secret", { replyTo: { activity: "made up", requester, replyRequest: 99 } });
      assert.deepEqual(await web.received(), []);
      assert.equal((await audit.received()).length, 1);
      // Whether somebody waits for it, and in that activity, only the instance knows: it returns what was made up.
      await sink.publish("answer", { replyTo: { activity: "made up", requester, replyRequest: 7 } });
      const forged = await web.next();
      assert.deepEqual([forged.answers, forged.activity], [7, "made up"]);
      await web.settle(forged, "returned");
      assert.equal((await web.next()).answers, 0);
    });
  });
}
