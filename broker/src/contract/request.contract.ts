import assert from "node:assert/strict";
import { receivedByAndBy, type Subject } from "./driver.ts";

const routes = {
  web: { sends: ["ask"], receives: ["answer"] },
  sink: { sends: ["answer"], receives: ["ask"] },
  other: { sends: ["answer"], receives: ["ask"] },
};
const alone = { web: routes.web, sink: routes.sink };

/** What a requester is told when no answer can come. */
export function requestCases({ start }: Subject): void {
  describe("a request that stays without an answer", () => {
    const reasons = async (participant: { undelivered(): Promise<readonly { request: number; reason: string }[]> }) =>
      (await participant.undelivered()).map(({ request, reason }) => [request, reason]);

    it("ends with NO_INSTANCE at its deadline if it never left its queue", async () => {
      const bus = await start(alone);
      const web = await bus.attach("web");
      await web.publish("ask", { request: 7, deadlineMs: 1000 });
      await bus.advance(990);
      assert.deepEqual(await reasons(web), []);
      await bus.advance(50);
      assert.deepEqual(await reasons(web), [[7, "NO_INSTANCE"]]);
      assert.match((await web.undelivered())[0]?.detail ?? "", /'sink'/);
    });

    it("says how many instances there are, and how many of them take work, if none took it", async () => {
      const bus = await start(alone);
      const web = await bus.attach("web");
      const ask = (request: number) => web.publish("ask", { request, deadlineMs: 1000 });
      const sinks = [await bus.attach("sink", { window: 0 }), await bus.attach("sink", { window: 0 })];
      await ask(1);
      await bus.advance(1050);
      await sinks[0]?.setWindow(1);
      await web.publish("ask", { deadlineMs: 10_000 });
      await ask(2);
      await bus.advance(1050);
      const [unreachable, busy] = await web.undelivered();
      assert.deepEqual([unreachable?.reason, busy?.reason], ["NO_INSTANCE", "NO_INSTANCE"]);
      assert.match(unreachable?.detail ?? "", /2 attached, 0 take work: its app cannot be reached/);
      assert.match(busy?.detail ?? "", /was free within the deadline: 2 attached, 1 takes work/);
      assert.deepEqual({ ...unreachable?.facts }, { role: "sink", attached: "2", working: "0" });
    });

    it("ends with DEADLINE_EXCEEDED if its handler was given up at the deadline", async () => {
      const bus = await start(alone);
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
      await web.publish("ask", { request: 7, deadlineMs: 1000 });
      const asked = await sink.next();
      await bus.advance(1000);
      await sink.settle(asked, "failed");
      assert.deepEqual(await reasons(web), [[7, "DEADLINE_EXCEEDED"]]);
      assert.deepEqual(bus.delivered("sink"), { deadline_exceeded: 1 });
    });

    it("ends with DEADLINE_EXCEEDED if it had left its queue before", async () => {
      const bus = await start(alone);
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
      await web.publish("ask", { request: 7, deadlineMs: 1000 });
      await sink.settle(await sink.next(), "retry", 5000);
      await bus.advance(1050);
      assert.deepEqual(await reasons(web), [[7, "DEADLINE_EXCEEDED"]]);
    });

    it("ends with DEADLINE_EXCEEDED if any of its deliveries had left", async () => {
      const bus = await start(routes);
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
      await web.publish("ask", { request: 7, deadlineMs: 1000 });
      await sink.settle(await sink.next(), "retry", 5000);
      await bus.advance(1050);
      assert.deepEqual(await reasons(web), [[7, "DEADLINE_EXCEEDED"]]);
    });

    for (const isFirstLost of [false, true]) {
      it(`ends with DEADLINE_EXCEEDED if one delivery ${isFirstLost ? "was lost with its instance" : "failed"} and the other never left`, async () => {
        const bus = await start(routes);
        const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
        await web.publish("ask", { request: 7, deadlineMs: 1000 });
        const ask = await sink.next();
        if (isFirstLost) await sink.break();
        else await sink.settle(ask, "failed");
        assert.deepEqual(await reasons(web), []);
        await bus.advance(1050);
        assert.deepEqual(await reasons(web), [[7, "DEADLINE_EXCEEDED"]]);
      });
    }

    it("ends with NO_INSTANCE if all its deliveries waited in vain, or were handed back untouched", async () => {
      const bus = await start(routes);
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
      await web.publish("ask", { request: 7, deadlineMs: 1000 });
      const ask = await sink.next();
      await sink.setWindow(0);
      await sink.settle(ask, "returned");
      await bus.advance(1050);
      assert.deepEqual(await reasons(web), [[7, "NO_INSTANCE"]]);
    });

    it("stays open as long as an instance has it, and for the requester to end", async () => {
      const bus = await start(alone);
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
      await web.publish("ask", { request: 7, deadlineMs: 1000 });
      await sink.next();
      await bus.advance(5000);
      assert.deepEqual(await reasons(web), []);
    });

    it("stays open when its delivery is done without an answer: one may come later", async () => {
      const bus = await start(alone);
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
      await web.publish("ask", { request: 7 });
      const ask = await sink.next();
      await sink.done(ask);
      assert.deepEqual(await reasons(web), []);
      await sink.publish("answer", { replyTo: ask });
      assert.equal((await web.next()).answers, 7);
    });

    for (const ending of ["failed", "dead"] as const) {
      it(`ends with HANDLER_FAILED when its only delivery ended as ${ending}`, async () => {
        const bus = await start(alone);
        const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
        await web.publish("ask", { request: 7 });
        await sink.settle(await sink.next(), ending);
        assert.deepEqual(await reasons(web), [[7, "HANDLER_FAILED"]]);
      });
    }

    it("ends with HANDLER_FAILED only when every delivery failed", async () => {
      const bus = await start(routes);
      const [web, sink, other] = [await bus.attach("web"), await bus.attach("sink"), await bus.attach("other")];
      await web.publish("ask", { request: 7 });
      await web.publish("ask", { request: 8 });
      const [seven, eight] = await sink.received();
      await sink.settle(seven ?? assert.fail(), "failed");
      await sink.settle(eight ?? assert.fail(), "failed");
      assert.deepEqual(await reasons(web), []);
      await other.settle(await other.next(), "dead");
      assert.deepEqual(await reasons(web), [[7, "HANDLER_FAILED"]]);
      await other.done(await other.next());
      assert.deepEqual(await reasons(web), [[7, "HANDLER_FAILED"]]);
    });

    it("does not wait for a delivery that a full queue refused", async () => {
      const bus = await start(routes, { maxQueueMessages: 0 });
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
      assert.equal(await web.publish("ask", { request: 7 }), "ok");
      await sink.settle(await sink.next(), "failed");
      assert.deepEqual(await reasons(web), [[7, "HANDLER_FAILED"]]);
    });

    it("ends with HANDLER_FAILED when the instance that had it is lost", async () => {
      const bus = await start(alone);
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
      await web.publish("ask", { request: 7 });
      await sink.next();
      await sink.break();
      assert.deepEqual(await reasons(web), [[7, "HANDLER_FAILED"]]);
    });

    it("stays open when the instance is lost before it was written the request", async () => {
      const bus = await start(alone);
      const [web, lost] = [await bus.attach("web"), await bus.attach("sink", { window: 1000 })];
      await lost.stall();
      const payload = new Uint8Array(200_000);
      const count = 60;
      for (let request = 1; request <= count; request += 1) await web.publish("ask", { request, payload });
      await lost.break();
      const sink = await bus.attach("sink", { window: 1000 });
      const failed = new Set((await web.undelivered()).map(({ request }) => request));
      const open = new Set((await receivedByAndBy(bus, "sink", sink)).map(({ replyRequest }) => replyRequest));
      assert.ok(open.size > 0);
      assert.equal(failed.size + open.size, count);
      assert.deepEqual(
        [...open].filter((request) => failed.has(request)),
        [],
      );
    });

    it("is told to the requester on its next connection as well", async () => {
      const bus = await start(alone);
      const [before, sink] = [await bus.attach("web", { id: "same" }), await bus.attach("sink")];
      await before.publish("ask", { request: 7 });
      await before.break();
      const after = await bus.attach("web", { id: "same" });
      await sink.settle(await sink.next(), "failed");
      assert.deepEqual(await reasons(after), [[7, "HANDLER_FAILED"]]);
    });

    it("is reported to a requester that was away when its request failed, once it has attached again", async () => {
      const bus = await start(alone);
      const [before, sink] = [await bus.attach("web", { id: "same" }), await bus.attach("sink")];
      await before.publish("ask", { request: 7 });
      await before.break();
      await sink.settle(await sink.next(), "failed");
      assert.deepEqual(await reasons(await bus.attach("web", { id: "same" })), [[7, "HANDLER_FAILED"]]);
    });

    it("is told to nobody if the requester has gone", async () => {
      const bus = await start(alone);
      const [gone, sink] = [await bus.attach("web"), await bus.attach("sink")];
      await gone.publish("ask", { request: 7 });
      await gone.break();
      const other = await bus.attach("web");
      await sink.settle(await sink.next(), "failed");
      assert.deepEqual(await reasons(other), []);
    });
  });
}
