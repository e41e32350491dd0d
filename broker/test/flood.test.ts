import assert from "node:assert/strict";
import { BrokerProcess } from "@exosphere/testkit";
import { BareClient, registration } from "@exosphere/testkit/bare-client";

const routes = { web: { sends: ["note"] }, sink: { receives: ["note"] } };

/** As many publishes as a frame may have. */
const perFrame = 4096;
const frames = 12;

describe("An instance that sends a flood and leaves", function () {
  this.timeout(60_000);

  it("has all of it taken and confirmed, in its order, although others have their turns in between", async () => {
    const broker = await BrokerProcess.start({ routes });
    const client = new BareClient(broker.port);
    try {
      const call = client.attach().send(registration());
      await call.frameWith("attached");
      for (let frame = 0; frame < frames; frame += 1) {
        const publishes = Array.from({ length: perFrame }, (_, index) => ({
          name: 1,
          activity_id: Buffer.from(`activity ${frame * perFrame + index}`),
          envelope: Buffer.alloc(0),
        }));
        call.send({ first_sequence: String(frame * perFrame + 1), publishes });
      }
      call.send({ leave: {} });
      assert.deepEqual(await call.confirmed(frames * perFrame), []);
      assert.equal(await call.ended, undefined);
      const text = await (await fetch(`${broker.admin}/metrics`)).text();
      assert.match(text, new RegExp(`^exocom_queue_messages\\{role="sink"\\} ${frames * perFrame}$`, "m"));
    } finally {
      client.close();
      await broker.stop();
    }
  });
});
