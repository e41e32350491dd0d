import assert from "node:assert/strict";
import { decide, sealed } from "../contract/sealed.ts";
import { CoreBus } from "./testing/core-bus.ts";

const never = Number.POSITIVE_INFINITY;
const year = 365 * 86_400_000;
const routes = {
  web: { sends: ["ask"], receives: ["answer"] },
  sink: { sends: ["answer"], receives: ["ask"] },
};

describe("a message without a deadline", () => {
  it("waits for an instance for as long as it takes, and no timer waits for it", async () => {
    const bus = new CoreBus(routes);
    bus.attachNow("web").publishNow("ask", { deadlineMs: never });
    assert.equal(bus.exocom.timers, 0);
    await bus.advance(year);
    assert.equal((await bus.attachNow("sink").next()).deadlineMs, never);
  });

  it("is tried again however late it is, and is answered", async () => {
    const bus = new CoreBus(routes);
    const [web, sink] = [bus.attachNow("web"), bus.attachNow("sink")];
    web.publishNow("ask", { deadlineMs: never, request: 1 });
    await bus.advance(year);
    await sink.settle(await sink.next(), "retry", 50);
    await bus.advance(100);
    const again = await sink.next();
    assert.equal(again.attempt, 2);
    sink.publishNow("answer", { replyTo: again, deadlineMs: never });
    await sink.done(again);
    assert.equal((await web.next()).answers, 1);
    assert.deepEqual(await web.undelivered(), []);
  });

  it("has failed, and not expired, when its handler fails", async () => {
    const bus = new CoreBus(routes);
    const [web, sink] = [bus.attachNow("web"), bus.attachNow("sink")];
    web.publishNow("ask", { deadlineMs: never, request: 1 });
    await bus.advance(year);
    await sink.settle(await sink.next(), "failed");
    assert.deepEqual(
      (await web.undelivered()).map(({ reason }) => reason),
      ["HANDLER_FAILED"],
    );
  });

  it("keeps a request with many replies open until the last has come", async () => {
    const bus = new CoreBus(routes);
    const [web, sink] = [bus.attachNow("web"), bus.attachNow("sink")];
    web.publishNow("ask", { deadlineMs: never, request: 1, many: true });
    const asked = await sink.next();
    await bus.advance(year);
    assert.equal(bus.exocom.replyStreams, 1);
    sink.publishNow("answer", { replyTo: asked });
    assert.equal((await web.next()).isMore, false);
    assert.equal(bus.exocom.replyStreams, 0);
  });

  it("waits for its verdict no longer than any other, and goes on without a deadline", async () => {
    const bus = new CoreBus({ ...routes, security: {} });
    const [web, security] = [bus.attachNow("web"), bus.attachNow("security")];
    const decided = web.publish("ask", { deadlineMs: never, payload: sealed() });
    await decide(security, await security.next(), "authorized");
    assert.equal(await decided, "ok");
    await bus.advance(year);
    assert.equal((await bus.attachNow("sink").next()).deadlineMs, never);
    const refused = web.publish("ask", { deadlineMs: never, payload: sealed() });
    await bus.advance(5100);
    assert.equal(await refused, "NO_INSTANCE");
  });
});
