import assert from "node:assert/strict";
import { defaultLimits } from "./limits.ts";
import { CoreBus } from "./testing/core-bus.ts";

const { maxInFlightBytes } = defaultLimits;
const routes = { web: { sends: ["a", "b"], receives: ["a"] }, sink: { receives: ["b"] } };

describe("Instance", () => {
  it("is found by its number when it attaches again, and nobody else is", () => {
    const bus = new CoreBus(routes);
    const first = bus.attachNow("web", { id: "one" }).instance;
    const second = bus.attachNow("web", { id: "two" }).instance;
    bus.exocom.detach(first);
    const again = bus.attachNow("web", { id: "one" }).instance;
    assert.equal(again.requester, first.requester);
    assert.notEqual(second.requester, first.requester);
  });

  it("is not taken in while another has its number", () => {
    const bus = new CoreBus(routes);
    bus.attachNow("web", { id: "one" });
    assert.throws(() => bus.attachNow("web", { id: "one" }), /Another instance is attached with the key/);
  });

  it("is given no more than so many bytes, whatever its window, and all of it in the end", async () => {
    const bus = new CoreBus(routes, { maxQueueBytes: 2 * maxInFlightBytes });
    const web = bus.attachNow("web");
    const sink = bus.attachNow("sink", { window: 1000 });
    const payload = new Uint8Array(1024 * 1024);
    const count = maxInFlightBytes / payload.byteLength + 10;
    for (let each = 0; each < count; each += 1) web.publishNow("b", { payload });
    const first = [...(await sink.received())];
    assert.ok(first.length < count - 5 && first.length >= 64, `${first.length} of ${count}`);
    assert.ok(sink.instance.inFlightBytes < maxInFlightBytes + 2 * payload.byteLength);
    let seen = first.length;
    for (let given = first; given.length > 0; seen += given.length) {
      for (const each of given) await sink.done(each);
      given = [...(await sink.received())];
    }
    assert.equal(seen, count);
    assert.equal(sink.instance.inFlightBytes, 0);
  });

  it("is gone only once", () => {
    const bus = new CoreBus(routes);
    const web = bus.attachNow("web");
    bus.exocom.detach(web.instance);
    bus.exocom.detach(web.instance);
    bus.exocom.setWindow(web.instance, 5);
    web.publishNow("a");
    assert.equal(web.inbox.length, 0);
  });
});
