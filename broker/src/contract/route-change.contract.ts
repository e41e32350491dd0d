import assert from "node:assert/strict";
import type { Subject } from "./driver.ts";

const before = { web: { sends: ["a", "b"] }, sink: { receives: ["a", "b"] } };

/** Routes that change while the bus runs. */
export function routeChangeCases({ start }: Subject): void {
  describe("replaced routes", () => {
    it("are told to the instances that are attached, and hold from then on", async () => {
      const bus = await start(before);
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
      assert.equal(await web.publish("c"), "NOT_ALLOWED");
      await bus.replaceRoutes({ web: { sends: ["b", "c"] }, sink: { receives: ["c", "a"] } });
      assert.deepEqual(await web.names(), { sends: { b: false, c: true }, receives: [] });
      assert.deepEqual(await sink.names(), { sends: {}, receives: ["c", "a"] });
      assert.equal(await web.publish("a"), "NOT_ALLOWED");
      assert.equal(await web.publish("b"), "NO_RECEIVERS");
      assert.equal(await web.publish("c"), "ok");
      assert.equal((await sink.next()).name, "c");
    });

    it("drop what waits for a subscription that is gone, count it, and keep the rest", async () => {
      const bus = await start(before);
      const web = await bus.attach("web");
      await web.publish("a", { activity: "one", payload: "1" });
      await web.publish("b", { activity: "one", payload: "2" });
      await web.publish("b", { activity: "two", payload: "3" });
      await bus.replaceRoutes({ ...before, sink: { receives: ["b"] } });
      assert.equal(bus.waiting("sink"), 2);
      assert.deepEqual(bus.delivered("sink"), { dropped: 1 });
      const sink = await bus.attach("sink");
      assert.deepEqual(
        (await sink.received()).map(({ payload }) => payload),
        ["2", "3"],
      );
    });

    it("tell a requester that what it asked for was dropped", async () => {
      const bus = await start(before);
      const web = await bus.attach("web");
      await web.publish("a", { request: 7 });
      await bus.replaceRoutes({ ...before, sink: { receives: ["b"] } });
      assert.deepEqual(
        (await web.undelivered()).map(({ request, reason }) => [request, reason]),
        [[7, "HANDLER_FAILED"]],
      );
    });

    it("leave queued deliveries the translation of their publish", async () => {
      const bus = await start({
        web: { sends: ["public"] },
        sink: { receives: ["own"], translations: [{ public: "public", internal: "own" }] },
      });
      const web = await bus.attach("web");
      await web.publish("public", { payload: "queued" });
      await bus.replaceRoutes({
        web: { sends: ["public"] },
        sink: { receives: ["own"], translations: [{ public: "otherwise", internal: "own" }] },
      });
      assert.equal(await web.publish("public"), "NO_RECEIVERS");
      const sink = await bus.attach("sink");
      const [queued] = await sink.received();
      assert.deepEqual([queued?.name, queued?.payload], ["own", "queued"]);
    });

    it("drop what a role would get by a name that it no longer knows", async () => {
      const bus = await start({ web: { sends: ["a"] }, sink: { receives: ["a"] } });
      const web = await bus.attach("web");
      await web.publish("a");
      await bus.replaceRoutes({
        web: { sends: ["a"] },
        sink: { receives: ["new name"], translations: [{ public: "a", internal: "new name" }] },
      });
      assert.equal(bus.waiting("sink"), 0);
      await web.publish("a");
      const sink = await bus.attach("sink");
      assert.deepEqual(
        (await sink.received()).map(({ name }) => name),
        ["new name"],
      );
    });

    it("let a delivery that is out be settled, but give it to nobody again", async () => {
      const bus = await start(before);
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
      await web.publish("a", { activity: "one", payload: "1" });
      await web.publish("b", { activity: "one", payload: "2" });
      const out = await sink.next();
      await bus.replaceRoutes({ ...before, sink: { receives: ["b"] } });
      await sink.settle(out, "returned");
      assert.deepEqual(
        (await sink.received()).map(({ payload }) => payload),
        ["2"],
      );
    });

    it("let a name keep its number", async () => {
      const bus = await start(before);
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink", { window: 1 })];
      await web.publish("a", { payload: "1" });
      await web.publish("b", { payload: "2" });
      await bus.replaceRoutes({ web: { sends: ["c", "b", "a"] }, sink: { receives: ["c", "b"] } });
      await bus.replaceRoutes({ web: { sends: ["c", "b", "a"] }, sink: { receives: ["c", "b", "a"] } });
      await sink.done(await sink.next());
      const second = await sink.next();
      assert.deepEqual([second.name, second.payload], ["b", "2"]);
    });

    it("keep counting where they counted before", async () => {
      const bus = await start(before);
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
      await web.publish("a");
      await sink.done(await sink.next());
      await bus.replaceRoutes({ web: { sends: ["a"] }, sink: { receives: ["a"] } });
      await web.publish("a");
      await sink.done(await sink.next());
      assert.deepEqual(bus.delivered("sink"), { ok: 2 });
    });

    it("detach the instances of a role that is gone, with NOT_ALLOWED", async () => {
      const bus = await start(before);
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
      await web.publish("a", { request: 7 });
      await bus.replaceRoutes({ web: { sends: ["a", "b"] } });
      assert.equal(await sink.ended(), "NOT_ALLOWED");
      assert.deepEqual(
        (await web.undelivered()).map(({ request }) => request),
        [7],
      );
      assert.equal(await web.publish("a"), "NO_RECEIVERS");
      await assert.rejects(bus.attach("sink"));
      await bus.replaceRoutes(before);
      await web.publish("a", { payload: "anew" });
      assert.equal((await (await bus.attach("sink")).next()).payload, "anew");
    });
  });
}
