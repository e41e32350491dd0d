import assert from "node:assert/strict";
import { encodeEnvelope } from "@exosphere/frames";
import { newEnvelope } from "@exosphere/proto";
import { BareInstance } from "@exosphere/testkit/bare-instance";
import { BrokerProcess } from "@exosphere/testkit/broker-process";

/** Largest frame that an instance takes, in bytes, and what surrounds a publish in one. */
const [receiveLimit, aroundBytes] = [3 * 1024 * 1024, 100];

describe("An instance that makes up return paths", () => {
  let broker: BrokerProcess;
  before(async () => {
    const routes = { web: { sends: ["ask"], receives: ["answer"] }, rogue: { sends: ["answer"], receives: ["ask"] } };
    broker = await BrokerProcess.start({ routes });
  });
  after(() => broker.stop());

  it("does not end the stream of whoever asked it once", async () => {
    const web = await BareInstance.attach(broker.port, "web", 10);
    const rogue = await BareInstance.attach(broker.port, "rogue", 10);
    assert.equal(await web.publish("ask", {}, { request: 7 }), undefined);
    const { requester } = await rogue.delivery();
    const replyTo = { requester, replyRequest: 1, envelope: new Uint8Array() };
    const activityId = Buffer.alloc(receiveLimit - aroundBytes, "a");
    for (const name of ["answer", "not of its role"])
      assert.ok(await rogue.publish(name, { activityId }, replyTo), "it is refused");
    const nobody = { ...replyTo, requester: requester + 1, envelope: encodeEnvelope(newEnvelope()) };
    assert.equal(await rogue.publish("answer", {}, nobody), undefined);
    // What goes to nobody by its return path is an ordinary message, and came behind whatever the others brought.
    assert.equal((await web.delivery()).request, 0);
    assert.deepEqual(
      web.frames.flatMap(({ undeliverables }) => undeliverables),
      [],
    );
    for (const each of [web, rogue]) await each.stop();
  });
});
