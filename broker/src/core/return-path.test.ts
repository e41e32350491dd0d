import assert from "node:assert/strict";
import { CoreBus } from "./testing/core-bus.ts";

const routes = {
  web: { sends: ["ask"], receives: ["answer"] },
  sink: { sends: ["answer"], receives: ["ask"] },
};

describe("a return path", () => {
  it("leads to its requester after a restart of the broker as well", async () => {
    const before = new CoreBus(routes);
    const [web, sink] = [before.attachNow("web", { id: "one" }), before.attachNow("sink")];
    web.publishNow("ask", { request: 7 });
    const asked = await sink.next();
    await before.stop();
    const after = new CoreBus(routes);
    const [webAgain, sinkAgain] = [after.attachNow("web", { id: "one" }), after.attachNow("sink")];
    assert.equal(webAgain.instance.requester, web.instance.requester);
    assert.equal(sinkAgain.publishNow("answer", { replyTo: asked }), "ok");
    assert.equal((await webAgain.next()).answers, 7);
  });

  it("leads nowhere where its requester is not attached, and the reply is an ordinary message", async () => {
    const bus = new CoreBus(routes);
    const [web, sink] = [bus.attachNow("web"), bus.attachNow("sink")];
    web.publishNow("ask", { request: 7 });
    const asked = await sink.next();
    await web.break();
    const other = bus.attachNow("web");
    sink.publishNow("answer", { replyTo: asked });
    assert.equal((await other.next()).answers, 0);
  });

  it("that somebody makes up brings its owner no activity that nobody can have", async () => {
    const bus = new CoreBus(routes);
    const [web, sink] = [bus.attachNow("web"), bus.attachNow("sink")];
    web.publishNow("ask", { request: 7 });
    const { requester } = await sink.next();
    const replyTo = { requester, replyRequest: 1, activity: "a".repeat(1021) };
    for (const name of ["answer", "not of its role"]) sink.publishNow(name, { replyTo });
    assert.equal((await web.undelivered()).length, 0);
    sink.publishNow("not of its role", { replyTo: { ...replyTo, activity: "one" } });
    assert.equal((await web.undelivered()).length, 1);
  });

  it("that somebody makes up brings nothing to an owner that reads too slowly for its stream to live on", async () => {
    const bus = new CoreBus({ ...routes, deaf: { sends: ["ask"] }, rival: { receives: ["answer"] } });
    const sink = bus.attachNow("sink");
    for (const [role, reply] of [
      ["web", "QUEUE_FULL"],
      ["deaf", "ok"],
    ] as const) {
      const asker = bus.attachNow(role);
      asker.publishNow("ask", { request: 7 });
      const replyTo = { ...(await sink.next()), activity: "one" };
      asker.takesReplies = false;
      const replies = ["answer", "not of its role"].map((name) => sink.publishNow(name, { replyTo }));
      assert.deepEqual(replies, [reply, "NOT_ALLOWED"]);
      assert.deepEqual([await asker.undelivered(), await asker.received()], [[], []]);
      asker.takesReplies = true;
      sink.publishNow("not of its role", { replyTo });
      assert.equal((await asker.undelivered()).length, 1);
    }
  });
});
