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
});
