import assert from "node:assert/strict";
import { sealed } from "../contract/sealed.ts";
import { CoreBus } from "./testing/core-bus.ts";

describe("Settler", () => {
  it("does nothing for a best-effort delivery whose app is still at work", async () => {
    const bus = new CoreBus({ web: { sends: ["note"] }, sink: { receives: ["note"] } });
    const [web, sink] = [bus.attachNow("web"), bus.attachNow("sink", { window: 1 })];
    web.publishNow("note", { deadlineMs: 5000 });
    web.publishNow("note");
    const first = await sink.next();
    bus.exocom.settle(sink.instance, { number: first.number, outcome: "working", retryAfterMs: 0, detail: "" });
    assert.deepEqual([sink.instance.deliveries.size, bus.waiting("sink"), bus.delivered("sink")], [1, 1, {}]);
    await sink.done(first);
    assert.equal((await sink.received()).length, 1);
    assert.deepEqual(bus.delivered("sink"), { ok: 1 });
  });

  it("counts the attempt of an instance that was lost as failed, and one that was declined not", async () => {
    const failures: number[] = [];
    const bus = new CoreBus(
      { web: { sends: ["note"] }, sink: { receives: ["note"] }, security: {} },
      {},
      { delivers: (delivery) => failures.push(delivery.failures) },
    );
    const first = bus.attachNow("security");
    void bus.attachNow("web").publish("note", { payload: sealed() });
    await first.settle(await first.next(), "retry", 10);
    await bus.advance(100);
    await first.break();
    const second = bus.attachNow("security");
    assert.equal((await second.next()).attempt, 3);
    assert.deepEqual(failures, [0, 0, 1]);
  });
});
