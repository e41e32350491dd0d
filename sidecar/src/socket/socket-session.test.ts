import assert from "node:assert/strict";
import { encodeEnvelope, handlerNumber } from "@exosphere/frames";
import {
  ExoError,
  newCredit,
  newRefusal,
  newRouteSliceReceive,
  newRouteSliceSend,
  newSchedule,
  newSettlement,
  newUndeliverable,
  oldestProtocolVersion,
} from "@exosphere/proto";
import { outcomeNumbers } from "@exosphere/proto/outcomes";
import { SocketApp, SocketSidecar, sliceOf } from "./socket-app.fixture.ts";

const emptyEnvelope = { responseTo: "", auth: "", payload: "null", traceparent: "", tracestate: "" };

describe("An app's stream over the socket", () => {
  let sidecar: SocketSidecar;
  let app: SocketApp;

  beforeEach(() => {
    sidecar = new SocketSidecar();
    app = new SocketApp(sidecar);
  });
  afterEach(() => sidecar.host.close());

  describe("at its beginning", () => {
    it("is taken in as by a broker, with the role's routes", async () => {
      const first = await app.register();
      assert.equal(first?.attached?.maxPayloadBytes, 1000);
      assert.deepEqual(first?.routes?.sends, [newRouteSliceSend({ number: 1, name: "told", hasReceivers: true })]);
      assert.deepEqual(first?.routes?.receives, [newRouteSliceReceive({ number: 1, name: "ask" })]);
      assert.equal(sidecar.window, 2);
    });

    it("is refused for another role, another protocol, or without a registration", async () => {
      await app.register({ role: "web" });
      assert.equal(app.refused?.reason, "NOT_ALLOWED");
      const [old, mute] = [new SocketApp(sidecar), new SocketApp(sidecar)];
      await old.register({ protocolVersion: 99 });
      assert.equal(old.refused?.reason, "INVALID_MESSAGE");
      await mute.publish(1, {});
      assert.equal(mute.refused?.reason, "INVALID_MESSAGE");
    });

    it("is refused with durable deliveries of an earlier stream, of which there are none", async () => {
      await app.register({ working: [7] });
      assert.equal(app.refused?.reason, "INVALID_MESSAGE");
      const other = new SocketApp(sidecar);
      await other.register({ settled: [newSettlement({ durableId: 7, outcome: 1 })] });
      assert.equal(other.refused?.reason, "INVALID_MESSAGE");
    });

    it("waits for the routes of the first broker, or for the news that there is none", async () => {
      sidecar.slice = undefined;
      const other = new SocketApp(sidecar);
      await app.register({ credit: 0 });
      assert.equal(app.frames.length, 0);
      sidecar.slice = sliceOf(7);
      sidecar.host.busChanged({ kind: "routes", revision: 1 });
      await app.turn();
      assert.ok(app.frames[0]?.attached);
      sidecar.slice = undefined;
      await other.register();
      const error = new ExoError("BROKER_UNAVAILABLE", "");
      sidecar.host.busChanged({ kind: "detached", broker: "", error, retryMs: 1 });
      assert.equal(other.refused?.reason, "BROKER_UNAVAILABLE");
      assert.equal(app.refused, undefined);
    });

    it("takes deliveries unless another process or HTTP does", async () => {
      await app.register();
      const [second, sender] = [new SocketApp(sidecar), new SocketApp(sidecar)];
      await second.register();
      assert.equal(second.refused?.reason, "NOT_ALLOWED");
      await sender.register({ credit: 0 });
      assert.deepEqual([sender.refused], [undefined]);
      await sender.send({ credit: newCredit({ window: 1, failing: false, probes: 0 }) });
      assert.equal(sender.refused?.reason, "NOT_ALLOWED");
      assert.equal(sidecar.consumer.claim("http"), false);
    });

    it("takes the place of an earlier one of the same instance", async () => {
      await app.register({ instanceId: "i" });
      const again = new SocketApp(sidecar);
      await again.register({ instanceId: "i" });
      assert.deepEqual([app.isEnded, again.refused, sidecar.window], [true, undefined, 2]);
    });
  });

  describe("passes on what the app sends", () => {
    beforeEach(() => app.register());

    it("without looking into it, and confirms what the bus has confirmed, as runs", async () => {
      await app.publish(5, {}, {}, { name: 9 });
      const [first, second, unknown] = sidecar.passedOn;
      assert.equal(Buffer.from(first?.message.envelope ?? "").toString(), "opaque");
      assert.deepEqual([first?.message.name, unknown?.message.name], ["told", ""]);
      assert.equal(app.frames.length, 1);
      first?.accepted(undefined);
      second?.accepted(undefined);
      unknown?.accepted(new ExoError("NOT_ALLOWED", "No.", { retryAfterMs: 7, facts: { name: "told", limit: 8 } }));
      await app.turn();
      assert.deepEqual(app.frames[1]?.confirmations, [{ first: 5, last: 7 }]);
      const facts = { name: "told", limit: "8" };
      const refusal = newRefusal({ sequence: 7, reason: "NOT_ALLOWED", detail: "No.", retryAfterMs: 7, facts });
      assert.deepEqual(app.frames[1]?.refusals, [refusal]);
    });

    it("unless it is too large", async () => {
      await app.publish(1, { envelope: new Uint8Array(1000 + 64 * 1024 + 1) });
      assert.equal(app.frames[1]?.refusals[0]?.reason, "PAYLOAD_TOO_LARGE");
    });

    it("unless it is to be delivered later", async () => {
      await app.publish(1, { schedule: newSchedule({ delayMs: 1000 }) });
      assert.equal(app.frames[1]?.refusals[0]?.reason, "INVALID_MESSAGE");
      assert.equal(app.refused, undefined);
    });

    it("and brings the reply under the number of its request", async () => {
      await app.publish(1, { request: 41 }, { request: 42 }, { request: 43 });
      sidecar.passedOn[0]?.answered?.(undefined, sidecar.incoming(3, { request: 1 }));
      const facts = { role: "users" };
      const noInstance = new ExoError("NO_INSTANCE", "None.", { facts, retryAfterMs: 8 });
      sidecar.passedOn[1]?.answered?.(noInstance, undefined);
      sidecar.passedOn[2]?.accepted(new ExoError("QUEUE_FULL", "Full."));
      await app.turn();
      const { deliveries, undeliverables, refusals } = app.frames[1] ?? {};
      assert.deepEqual([deliveries?.[0]?.request, deliveries?.[0]?.name], [41, 1]);
      assert.deepEqual(undeliverables, [
        newUndeliverable({ request: 42, reason: "NO_INSTANCE", detail: "None.", facts, retryAfterMs: 8 }),
      ]);
      assert.equal(refusals?.[0]?.reason, "QUEUE_FULL");
    });

    it("and tells the bus of requests that nobody waits for", async () => {
      await app.publish(1, { request: 41 }, { request: 42 });
      await app.send({ abandoned: [41, 99] });
      assert.deepEqual(sidecar.abandoned, [1]);
      await app.break();
      assert.deepEqual(sidecar.abandoned, [1, 2]);
    });
  });

  describe("brings deliveries", () => {
    beforeEach(() => app.register());

    it("in its own numbers, and settles them by those", async () => {
      for (const number of [70, 71, 72]) sidecar.host.deliver(sidecar.incoming(number));
      await app.turn();
      assert.deepEqual([app.frames[1]?.firstDelivery, app.frames[1]?.deliveries.length], [1, 3]);
      assert.equal(app.frames[1]?.deliveries[0]?.name, 1);
      await app.send({
        done: [2, 9],
        settlements: [newSettlement({ delivery: 1, outcome: 3, retryAfterMs: 0, detail: "", words: "" })],
      });
      assert.deepEqual(sidecar.settled, [[71, "done"], [70, "failed"]]); // biome-ignore format: one line
      await app.send({
        settlements: [newSettlement({ delivery: 3, outcome: 9 as never, retryAfterMs: 0, detail: "", words: "" })],
      });
      assert.equal(app.refused?.reason, "INVALID_MESSAGE");
    });

    it("which stay as they are when the app asks for more time, as that is of use to durable ones alone", async () => {
      sidecar.host.deliver(sidecar.incoming(70));
      await app.send({ settlements: [newSettlement({ delivery: 1, outcome: outcomeNumbers.working })] });
      assert.deepEqual([sidecar.settled, app.refused], [[], undefined]);
      await app.send({ done: [1] });
      assert.deepEqual(sidecar.settled, [[70, "done"]]);
    });

    it("with return paths that hold wherever the bus is, and what it has awaited and failed so far", async () => {
      const [requester, replyRequest, awaiting] = [2 ** 53 - 1, 5, [7, 8]];
      sidecar.host.deliver(
        sidecar.incoming(70, { requester, replyRequest, awaiting, failures: 2, lifetimeMs: 2 ** 40 }),
      );
      await app.turn();
      const delivery = app.frames[1]?.deliveries[0];
      assert.deepEqual(
        [delivery?.requester, delivery?.replyRequest, delivery?.awaiting, delivery?.failures, delivery?.lifetimeMs],
        [requester, replyRequest, awaiting, 2, 2 ** 40],
      );
      await app.publish(1, { requester, replyRequest }, { request: 3, awaiting: [7, 8, 9], confirmWithinMs: 100 });
      const [reply, nested] = sidecar.passedOn.map(({ message }) => message);
      assert.deepEqual([reply?.returnPath, nested?.returnPath], [{ requester, replyRequest }, undefined]);
      assert.deepEqual([nested?.awaiting, nested?.confirmWithinMs], [[7, 8, 9], 100]);
    });

    it("in names that keep their numbers when the broker's change", async () => {
      sidecar.slice = sliceOf(20);
      sidecar.host.busChanged({ kind: "routes", revision: 20 });
      sidecar.host.deliver(sidecar.incoming(1, { name: 21 }));
      await app.turn();
      assert.equal(app.frames[1]?.routes?.receives[0]?.number, 1);
      assert.equal(app.frames[1]?.deliveries[0]?.name, 1);
    });

    it("under the names of their time, where the routes change while the app does not read", async () => {
      app.setReading(false);
      for (const number of [1, 2]) {
        sidecar.host.deliver(sidecar.incoming(number));
        await app.turn();
      }
      sidecar.slice = { ...sliceOf(20), receives: [] };
      sidecar.host.busChanged({ kind: "routes", revision: 20 });
      app.setReading(true);
      await app.turn();
      assert.deepEqual(
        app.frames.slice(1).map(({ deliveries, routes }) => [deliveries.length, routes?.receives]),
        [[1, undefined], [1, undefined], [0, []]], // biome-ignore format: one line
      );
    });

    it("and hands back what the app never got when it is gone, but not what it may have seen", async () => {
      sidecar.host.deliver(sidecar.incoming(70));
      await app.turn();
      app.setReading(false);
      for (const number of [71, 72]) {
        sidecar.host.deliver(sidecar.incoming(number));
        await app.turn();
      }
      await app.break();
      assert.deepEqual(sidecar.settled, [[70, "failed"], [71, "failed"], [72, "returned"]]); // biome-ignore format: one line
      assert.equal(sidecar.window, 0);
      sidecar.host.deliver(sidecar.incoming(73));
      assert.deepEqual(sidecar.settled.at(-1), [73, "returned"]);
    });

    it("until the app leaves, which ends once all is settled", async () => {
      sidecar.host.deliver(sidecar.incoming(70));
      await app.send({ leave: {} });
      assert.deepEqual([sidecar.window, app.isEnded], [0, false]);
      await app.send({ credit: newCredit({ window: 3 }) });
      assert.equal(sidecar.window, 0, "whatever window its waiting handlers ask for");
      await app.send({ done: [1] });
      assert.equal(app.isEnded, true);
    });

    it("as many as the app has credit for", async () => {
      await app.send({ credit: newCredit({ window: 9, failing: false, probes: 0 }) });
      assert.equal(sidecar.window, 9);
    });
  });

  it("serves an app with the SDK of the release before, which knows return paths by handles and leaves its waiting handlers to the sidecar", async () => {
    const first = await app.register({ protocolVersion: oldestProtocolVersion });
    assert.deepEqual([first?.attached?.protocolVersion, oldestProtocolVersion], [2, 2]);
    const envelope = encodeEnvelope({ ...emptyEnvelope, id: "m" });
    const path = { requester: 2 ** 53 - 1, replyRequest: 5 };
    sidecar.host.deliver(sidecar.incoming(70, { ...path, envelope, awaiting: [7], lifetimeMs: 1000 }));
    await app.turn();
    const { replyInstance = 0, replyRequest, deadlineMs, requester } = app.frames[1]?.deliveries[0] ?? {};
    assert.ok(replyInstance > 0 && replyInstance < 2 ** 32);
    assert.deepEqual([replyRequest, deadlineMs, requester], [5, 1000, 0]);
    await app.publish(1, { request: 9, cause: 1, deadlineMs: 500, lifetimeMs: 0 });
    assert.equal(sidecar.window, 3, "one more while its handler waits");
    const { awaiting, deadlineMs: passedOn } = sidecar.passedOn[0]?.message ?? {};
    assert.deepEqual([awaiting, passedOn], [[7, handlerNumber("users", "a", "m")], 475]);
    sidecar.passedOn[0]?.answered?.(undefined, sidecar.incoming(3, { request: 1 }));
    await app.turn();
    assert.equal(sidecar.window, 2);
    await app.publish(2, { replyInstance, replyRequest: 5, deadlineMs: 500, lifetimeMs: 0 });
    assert.deepEqual(sidecar.passedOn[1]?.message.returnPath, path);
    await app.send({ done: [1] });
    assert.deepEqual(sidecar.settled, [[70, "done"]]);
  });

  it("ends where the app does not read what became of its messages", async () => {
    await app.register();
    app.setReading(false);
    const tooMany = Array.from({ length: 1000 }, () => ({ activityId: new Uint8Array() }));
    for (let sent = 0; sent < 100 && !app.refused; sent += 1) await app.publish(1 + 1000 * sent, ...tooMany);
    assert.equal(app.refused?.reason, "RATE_LIMITED");
  });

  it("shows a bus that is away without anything in it", async () => {
    await app.register();
    await app.send({ topologyQuery: {} });
    await app.turn();
    assert.deepEqual(app.frames[1]?.topology, { epoch: "", revision: 0, roles: [] });
  });

  it("is drained once the app has settled what it was given", async () => {
    await app.register();
    sidecar.host.deliver(sidecar.incoming(70));
    const idled = sidecar.host.idled(AbortSignal.timeout(5000));
    const late = new SocketApp(sidecar);
    assert.equal(late.refused?.reason, "DRAINING");
    await app.turn();
    await app.send({ done: [1] });
    await idled;
  });
});
