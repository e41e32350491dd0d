import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { silentLog } from "@exosphere/telemetry";
import { publishOf } from "../contract/publish-of.ts";
import { Exocom } from "../core/exocom.ts";
import { FakeClock } from "../core/fake-clock.ts";
import { routesOf } from "../core/testing/routes.ts";
import { envelopes } from "../envelopes.ts";
import { AttachAuthoriser } from "./attach-authoriser.ts";
import { AttachHost } from "./attach-host.ts";
import { FrameClient } from "./testing/frame-client.ts";

const routes = routesOf({
  web: { sends: ["ask"], receives: ["answer"] },
  sink: { sends: ["answer"], receives: ["ask"] },
});

describe("the key of an instance", () => {
  const brokers: { readonly host: AttachHost; readonly exocom: Exocom }[] = [];
  afterEach(() => {
    for (const { host, exocom } of brokers.splice(0)) {
      host.close();
      exocom.close();
    }
  });

  const start = () => {
    const clock = new FakeClock();
    const exocom = new Exocom({ clock, routes, envelopes });
    const authoriser = new AttachAuthoriser(undefined);
    const host = new AttachHost({ exocom, clock, authoriser, log: silentLog(), agent: "exocom/test" });
    brokers.push({ host, exocom });
    return host;
  };

  for (const length of [0, 7, 33])
    it(`is refused if it has ${length} bytes, with what to do`, async () => {
      const client = new FrameClient(start());
      await client.register({ key: randomBytes(length) });
      assert.equal(client.refused?.reason, "INVALID_MESSAGE");
      assert.match(client.refused?.detail ?? "", /8 to 32 random bytes.*Make one for the life of the process/);
    });

  for (const length of [8, 32])
    it(`may have ${length} bytes`, async () => {
      const client = new FrameClient(start());
      await client.register({ key: randomBytes(length) });
      assert.ok(client.frames[0]?.attached);
    });

  it("leads the reply to a requester that has attached to another life of the broker meanwhile", async () => {
    const [key, instanceId] = [randomBytes(16), "w"];
    const before = start();
    const [web, sink] = [new FrameClient(before), new FrameClient(before)];
    await web.register({ key, instanceId });
    await sink.register({ role: "sink" });
    await web.send({ firstSequence: 1, publishes: [publishOf(1, { request: 7, activity: "a" })] });
    const delivery = sink.frames.flatMap(({ deliveries }) => deliveries)[0];
    const after = start();
    const [again, other] = [new FrameClient(after), new FrameClient(after)];
    await again.register({ key, instanceId });
    await other.register({ role: "sink" });
    const { requester = 0, replyRequest = 0 } = delivery ?? {};
    const reply = publishOf(1, { replyTo: { activity: "a", requester, replyRequest } });
    await other.send({ firstSequence: 1, publishes: [reply] });
    const answers = again.frames.flatMap(({ deliveries }) => deliveries);
    assert.deepEqual(
      answers.map(({ request }) => request),
      [7],
    );
  });

  it("is refused to another instance while the first is attached, which leaves nothing behind", async () => {
    const host = start();
    const key = randomBytes(16);
    const [first, second] = [new FrameClient(host), new FrameClient(host)];
    await first.register({ key, instanceId: "first" });
    await second.register({ key, instanceId: "second" });
    assert.equal(second.refused?.reason, "INVALID_MESSAGE");
    assert.equal(first.isEnded, false);
    await first.end();
    const third = new FrameClient(host);
    await third.register({ key, instanceId: "second" });
    assert.ok(third.frames[0]?.attached);
  });

  it("keeps one stream for each attachment: a second of the same name ends the older", async () => {
    const host = start();
    const parts = { key: randomBytes(16), instanceId: "w", attachment: Buffer.from("main") };
    const [older, newer] = [new FrameClient(host), new FrameClient(host)];
    await older.register(parts);
    await newer.register(parts);
    assert.deepEqual([older.isEnded, older.refused, newer.isEnded], [true, undefined, false]);
  });
});
