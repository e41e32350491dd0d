import assert from "node:assert/strict";
import type { Delivery } from "./delivery.ts";
import { CoreBus } from "./testing/core-bus.ts";

const routes = { web: { sends: ["a"] }, sink: { receives: ["a"] } };

function waitingOf(bus: CoreBus): Delivery[] {
  const deliveries: Delivery[] = [];
  bus.exocom.roles.get("sink")?.dispatcher.removeAll((delivery) => deliveries.push(delivery) < 0);
  return deliveries;
}

describe("Dispatcher", () => {
  it("does not keep the whole frame in memory that a small message came in", () => {
    const bus = new CoreBus(routes);
    const frame = new Uint8Array(64 * 1024).fill(7);
    bus.attachNow("web").publishNow("a", { payload: frame.subarray(100, 300) });
    const [delivery] = waitingOf(bus);
    const { envelope } = delivery?.message ?? assert.fail();
    assert.deepEqual(envelope, new Uint8Array(200).fill(7));
    assert.ok(envelope.buffer.byteLength < 1024);
  });

  it("keeps a message that is most of its frame as it is", () => {
    const bus = new CoreBus(routes);
    const frame = new Uint8Array(64 * 1024);
    bus.attachNow("web").publishNow("a", { payload: frame.subarray(0, 60 * 1024) });
    assert.equal(waitingOf(bus)[0]?.message.envelope.buffer, frame.buffer);
  });

  it("counts the bytes of what waits, with what a delivery costs beside them", () => {
    const bus = new CoreBus(routes);
    const web = bus.attachNow("web");
    web.publishNow("a", { payload: new Uint8Array(1000) });
    web.publishNow("a", { payload: new Uint8Array(0) });
    assert.equal(bus.exocom.roles.get("sink")?.backlog.bytes, 1000 + 2 * 1536);
  });

  it("lets go of the lane of a message that it refuses", () => {
    const bus = new CoreBus(routes, { maxQueueMessages: 0 });
    assert.equal(bus.attachNow("web").publishNow("a"), "QUEUE_FULL");
    assert.equal(bus.exocom.roles.get("sink")?.backlog.lanes, 0);
  });

  it("knows how long its oldest message has waited, whatever came and went meanwhile", async () => {
    const bus = new CoreBus(routes);
    const web = bus.attachNow("web");
    const backlog = bus.exocom.roles.get("sink")?.backlog ?? assert.fail();
    assert.equal(backlog.oldestWaitMs, 0);
    web.publishNow("a", { activity: "one" });
    await bus.advance(700);
    web.publishNow("a", { activity: "two" });
    web.publishNow("a", { activity: "one" });
    await bus.advance(300);
    assert.equal(backlog.oldestWaitMs, 1000);
    const sink = bus.attachNow("sink", { window: 1 });
    assert.equal(backlog.oldestWaitMs, 300);
    await sink.done(await sink.next());
    await sink.done(await sink.next());
    assert.equal(backlog.oldestWaitMs, 0);
  });

  it("has a message that came back wait since it was accepted", async () => {
    const bus = new CoreBus(routes);
    const sink = bus.attachNow("sink");
    bus.attachNow("web").publishNow("a");
    await bus.advance(2000);
    await sink.setWindow(0);
    await sink.settle(await sink.next(), "returned");
    const role = bus.exocom.roles.get("sink") ?? assert.fail();
    assert.equal(role.backlog.oldestWaitMs, 2000);
  });

  it("counts what an instance is given again, and not what came back unseen", async () => {
    const bus = new CoreBus(routes);
    const sink = bus.attachNow("sink");
    const role = bus.exocom.roles.get("sink") ?? assert.fail();
    bus.attachNow("web").publishNow("a");
    await sink.settle(await sink.next(), "returned");
    assert.equal(role.redeliveries, 0);
    await sink.settle(await sink.next(), "retry", 1);
    await bus.advance(1000);
    await sink.done(await sink.next());
    assert.equal(role.redeliveries, 1);
  });

  it("gives a delivery that came back unseen to another instance that is free, and the activity with it", async () => {
    const bus = new CoreBus(routes);
    const [first, second] = [bus.attachNow("sink"), bus.attachNow("sink")];
    const web = bus.attachNow("web");
    web.publishNow("a", { activity: "one" });
    const [taken] = await first.received();
    const [returning, free] = taken ? [first, second] : [second, first];
    await returning.settle(taken ?? (await returning.next()), "returned");
    const again = await free.next();
    assert.equal(again.attempt, 1);
    await free.done(again);
    web.publishNow("a", { activity: "one" });
    assert.equal((await free.received()).length, 1);
  });

  it("keeps an activity with the instance that returns a delivery, if that took part in it before", async () => {
    const bus = new CoreBus(routes);
    const [first, second] = [bus.attachNow("sink"), bus.attachNow("sink")];
    const web = bus.attachNow("web");
    web.publishNow("a", { activity: "one" });
    const [taken] = await first.received();
    const [working, free] = taken ? [first, second] : [second, first];
    await working.done(taken ?? (await working.next()));
    web.publishNow("a", { activity: "one" });
    await working.settle(await working.next(), "returned");
    assert.deepEqual(await free.received(), []);
    assert.equal((await working.received()).length, 1);
  });

  it("gives a cold delivery, and what is behind it in its lane, only once its body is loaded", async () => {
    const bus = new CoreBus(routes);
    const web = bus.attachNow("web");
    web.publishNow("a", { activity: "one", payload: "1" });
    web.publishNow("a", { activity: "one", payload: "2" });
    web.publishNow("a", { activity: "two", payload: "3" });
    const { backlog, dispatcher } = bus.exocom.roles.get("sink") ?? assert.fail();
    const [cold] = [...backlog.waiting()];
    cold?.cool();
    const sink = bus.attachNow("sink");
    assert.deepEqual(
      (await sink.received()).map(({ payload }) => payload),
      ["3"],
    );
    cold?.warm();
    dispatcher.letLeave(cold ?? assert.fail());
    const first = await sink.next();
    await sink.done(first);
    assert.deepEqual([first.payload, (await sink.next()).payload], ["1", "2"]);
  });

  it("ends a cold delivery whose deadline passes, and gives what is behind it", async () => {
    const bus = new CoreBus(routes);
    const web = bus.attachNow("web");
    web.publishNow("a", { activity: "one", payload: "1", deadlineMs: 1000 });
    web.publishNow("a", { activity: "one", payload: "2" });
    const role = bus.exocom.roles.get("sink") ?? assert.fail();
    const [cold] = [...role.backlog.waiting()];
    cold?.cool();
    const sink = bus.attachNow("sink");
    assert.deepEqual(await sink.received(), []);
    await bus.advance(1100);
    assert.deepEqual([cold?.state, (await sink.next()).payload], ["ended", "2"]);
  });
});
