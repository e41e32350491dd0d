import assert from "node:assert/strict";
import { collectingLog } from "@exosphere/telemetry";
import { Exocom } from "../core/exocom.ts";
import { FakeClock } from "../core/fake-clock.ts";
import { routesOf } from "../core/testing/routes.ts";
import { envelopes } from "../envelopes.ts";
import { AttachHost } from "./attach-host.ts";
import { FrameClient, settled } from "./testing/frame-client.ts";
import { maxUnregistered, registrationMs } from "./unregistered-streams.ts";

describe("streams without a registration", () => {
  let exocom: Exocom;
  let host: AttachHost;
  let clock: FakeClock;
  let lines: ReturnType<typeof collectingLog>["lines"];
  beforeEach(() => {
    clock = new FakeClock();
    exocom = new Exocom({ clock, routes: routesOf({ web: {} }), envelopes });
    const authoriser = { check: () => () => {} };
    const collecting = collectingLog();
    lines = collecting.lines;
    host = new AttachHost({
      exocom,
      clock,
      authoriser,
      log: collecting.log,
      agent: "test",
      limits: { maxInstances: 2 },
    });
  });
  afterEach(() => {
    host.close();
    exocom.close();
  });

  it("take no place of an instance", async () => {
    const open = Array.from({ length: 5 }, () => new FrameClient(host));
    for (let count = 0; count < 2; count += 1) assert.ok((await new FrameClient(host).register())?.attached);
    const third = open[0] as FrameClient;
    await third.register();
    assert.deepEqual([third.refused?.reason, third.refused?.facts], ["RATE_LIMITED", { limit: 2 }]);
  });

  it("are not in the way of an instance that comes again, however many instances there are", async () => {
    await new FrameClient(host).register({ instanceId: "one" });
    await new FrameClient(host).register({ instanceId: "two" });
    assert.ok((await new FrameClient(host).register({ instanceId: "one" }))?.attached);
  });

  it("end, the oldest first, where there are too many", async () => {
    const open = Array.from({ length: maxUnregistered + 2 }, () => new FrameClient(host));
    await settled();
    assert.deepEqual(
      open.map(({ refused }) => refused?.reason).filter((reason) => reason !== undefined),
      ["RATE_LIMITED", "RATE_LIMITED"],
    );
    assert.deepEqual([open[0]?.refused?.reason, open[2]?.refused], ["RATE_LIMITED", undefined]);
    assert.ok((await open.at(-1)?.register())?.attached);
  });

  it("end when their time is over, and others do not", async () => {
    const [slow, quick] = [new FrameClient(host), new FrameClient(host)];
    await quick.register();
    clock.advance(registrationMs);
    await settled();
    assert.equal(slow.refused?.reason, "INVALID_MESSAGE");
    assert.equal(quick.refused, undefined);
    assert.equal(host.streams, 1);
  });

  it("do not fill the log, however many are refused", async () => {
    const open = Array.from({ length: 100 }, () => new FrameClient(host));
    clock.advance(registrationMs);
    await settled();
    assert.ok(open.every(({ refused }) => refused?.reason === "INVALID_MESSAGE"));
    clock.advance(1_000);
    assert.equal(lines.length, 21);
    assert.deepEqual([lines[20]?.msg, lines[20]?.refusals], ["more attachments were refused", 80]);
  });
});
