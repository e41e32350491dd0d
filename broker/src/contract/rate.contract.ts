import assert from "node:assert/strict";
import type { Subject } from "./driver.ts";

const routes = {
  web: { sends: ["ask"], receives: ["answer"] },
  sink: { receives: ["ask"], sends: ["answer"] },
};

/** How fast a role may publish, where that is limited. */
export function rateCases({ start }: Subject): void {
  describe("rate", () => {
    it("is refused beyond so many a second of a role, all its instances together, until there is room again", async () => {
      const bus = await start(routes, { maxRoleRate: 4 });
      const [one, two, sink] = [await bus.attach("web"), await bus.attach("web"), await bus.attach("sink")];
      const outcomes = [];
      for (const web of [one, two, one, two, one, two]) outcomes.push(await web.publish("ask"));
      assert.deepEqual(outcomes, ["ok", "ok", "ok", "ok", "RATE_LIMITED", "RATE_LIMITED"]);
      assert.equal((await sink.received()).length, 4);
      await bus.advance(250);
      assert.deepEqual([await one.publish("ask"), await two.publish("ask")], ["ok", "RATE_LIMITED"]);
    });

    it("holds for replies as well, whose requester hears of it at once", async () => {
      const bus = await start(routes, { maxRoleRate: 1 });
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
      await web.publish("ask", { request: 7 });
      const asked = await sink.next();
      assert.equal(await sink.publish("answer", { replyTo: { ...asked, replyRequest: 99 } }), "ok");
      assert.equal(await sink.publish("answer", { replyTo: asked }), "RATE_LIMITED");
      const told = await web.undelivered();
      assert.deepEqual(
        told.map(({ request, reason }) => [request, reason]),
        [[7, "RATE_LIMITED"]],
      );
    });

    it("of one role is not that of another", async () => {
      const bus = await start(routes, { maxRoleRate: 1 });
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
      assert.deepEqual([await web.publish("ask"), await web.publish("ask")], ["ok", "RATE_LIMITED"]);
      assert.equal(await sink.publish("answer"), "ok");
    });
  });
}
