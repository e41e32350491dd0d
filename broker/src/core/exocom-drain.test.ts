import assert from "node:assert/strict";
import type { Loss } from "./observer.ts";
import { CoreBus } from "./testing/core-bus.ts";

const routes = {
  web: { sends: ["ask"], receives: ["answer"] },
  sink: { sends: ["answer"], receives: ["ask"] },
};

describe("Exocom that shuts down", () => {
  it("takes replies only", async () => {
    const bus = new CoreBus(routes);
    const [web, sink] = [bus.attachNow("web"), bus.attachNow("sink")];
    web.publishNow("ask", { request: 1 });
    bus.exocom.startDraining();
    assert.equal(web.publishNow("ask"), "DRAINING");
    const ask = await sink.next();
    assert.equal(sink.publishNow("answer", { replyTo: ask }), "ok");
    assert.equal((await web.next()).answers, 1);
  });

  it("is idle once nothing is out, and nothing waits that could be taken", async () => {
    const bus = new CoreBus(routes);
    const [web, sink] = [bus.attachNow("web"), bus.attachNow("sink", { window: 1 })];
    assert.equal(bus.exocom.isIdle, true);
    web.publishNow("ask");
    web.publishNow("ask");
    const first = await sink.next();
    assert.equal(bus.exocom.isIdle, false);
    await sink.done(first);
    assert.equal(bus.exocom.isIdle, false);
    const second = await sink.next();
    await sink.settle(second, "retry");
    assert.equal(bus.exocom.isIdle, false);
    await sink.setWindow(0);
    assert.equal(bus.exocom.isIdle, true);
  });

  it("drops what still waits at its end, and says so", () => {
    const lost: Loss[] = [];
    const bus = new CoreBus(routes, {}, { lost: (loss) => lost.push(loss) });
    const web = bus.attachNow("web");
    web.publishNow("ask", { activity: "one" });
    bus.exocom.close();
    assert.deepEqual(
      lost.map(({ role, name, activity, outcome }) => [role, name, activity, outcome]),
      [["sink", "ask", "one", "dropped"]],
    );
    assert.deepEqual([bus.waiting("sink"), bus.exocom.timers], [0, 0]);
  });
});
