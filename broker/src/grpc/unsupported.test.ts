import assert from "node:assert/strict";
import { newCredit, newNameCredit, newSchedule, newSettlement, Settlement_Outcome } from "@exosphere/proto";
import { silentLog } from "@exosphere/telemetry";
import { publishOf } from "../contract/publish-of.ts";
import { Exocom } from "../core/exocom.ts";
import { FakeClock } from "../core/fake-clock.ts";
import { routesOf } from "../core/testing/routes.ts";
import { envelopes } from "../envelopes.ts";
import { AttachAuthoriser } from "./attach-authoriser.ts";
import { AttachHost } from "./attach-host.ts";
import { FrameClient } from "./testing/frame-client.ts";

describe("what the contract has and this broker does not do", () => {
  const clock = new FakeClock();
  const routes = routesOf({ web: { sends: ["heard"] }, sink: { receives: ["heard"] } });
  let exocom: Exocom;
  let host: AttachHost;
  beforeEach(() => {
    exocom = new Exocom({ clock, routes, envelopes });
    const authoriser = new AttachAuthoriser(undefined);
    host = new AttachHost({ exocom, clock, authoriser, log: silentLog(), agent: "exocom/test" });
  });
  afterEach(() => {
    host.close();
    exocom.close();
  });

  it("is refused publish by publish, and the others are taken", async () => {
    const web = new FrameClient(host);
    await web.register();
    const later = { ...publishOf(1), schedule: newSchedule({ delayMs: 1000 }) };
    await web.send({ firstSequence: 1, publishes: [publishOf(1), later, publishOf(1)] });
    const refusals = web.frames.flatMap((frame) => frame.refusals);
    assert.deepEqual(
      refusals.map(({ sequence, reason }) => [sequence, reason]),
      [[2, "INVALID_MESSAGE"]],
    );
    assert.match(refusals[0]?.detail ?? "", /does not deliver messages at a later time/);
    assert.equal(exocom.roles.get("sink")?.backlog.messages, 2);
    assert.equal(web.isEnded, false);
  });

  it("ends a stream that registers with durable deliveries, or with the map of a group", async () => {
    for (const [parts, detail] of [
      [{ working: [5] }, /does not keep durable messages/],
      [{ settled: [newSettlement({ durableId: 5 })] }, /does not keep durable messages/],
      [{ mapRevision: 3 }, /does not belong to a group/],
    ] as const) {
      const web = new FrameClient(host);
      await web.register(parts as object);
      assert.equal(web.refused?.reason, "INVALID_MESSAGE");
      assert.match(web.refused?.detail ?? "", detail);
    }
    assert.equal(exocom.roles.get("web")?.instances.size, 0);
  });

  it("ends a stream that settles a durable delivery, or limits single messages", async () => {
    const outcome = Settlement_Outcome.DONE;
    for (const frame of [
      { settlements: [newSettlement({ durableId: 7, outcome })] },
      { credit: newCredit({ window: 5, names: [newNameCredit({ name: 1, window: 1 })] }) },
    ]) {
      const web = new FrameClient(host);
      await web.register();
      await web.send(frame);
      assert.equal(web.refused?.reason, "INVALID_MESSAGE");
      assert.match(web.refused?.detail ?? "", /This broker does not/);
    }
  });

  it("leaves alone a delivery whose app says that it is still at work", async () => {
    const [web, sink] = [new FrameClient(host), new FrameClient(host)];
    await web.register();
    await sink.register({ role: "sink" });
    await web.publish(1, 1);
    await sink.send({ settlements: [newSettlement({ delivery: 1, outcome: Settlement_Outcome.WORKING })] });
    const [instance] = exocom.roles.get("sink")?.instances ?? [];
    assert.deepEqual([sink.isEnded, instance?.deliveries.size], [false, 1]);
  });
});
