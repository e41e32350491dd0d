import assert from "node:assert/strict";
import { silentLog } from "@exosphere/telemetry";
import { Exocom } from "../core/exocom.ts";
import { FakeClock } from "../core/fake-clock.ts";
import { routesOf } from "../core/testing/routes.ts";
import { envelopes } from "../envelopes.ts";
import { AttachHost } from "./attach-host.ts";
import { FrameClient } from "./testing/frame-client.ts";

describe("The places of instances", () => {
  let exocom: Exocom;
  let host: AttachHost;
  beforeEach(() => {
    const clock = new FakeClock();
    exocom = new Exocom({ clock, routes: routesOf({ web: {}, sink: {} }), envelopes });
    const authoriser = { check: () => () => {} };
    host = new AttachHost({ exocom, clock, authoriser, log: silentLog(), agent: "test", limits: { maxInstances: 4 } });
  });
  afterEach(() => {
    host.close();
    exocom.close();
  });

  const attach = async (role: string, instanceId: string) => {
    const client = new FrameClient(host);
    await client.register({ role, instanceId });
    return client;
  };
  const attached = (role: string) => [...(exocom.roles.get(role)?.instances ?? [])].map(({ id }) => id);

  it("may all be had by one role, until another one comes: that has one of them", async () => {
    const [first] = await Promise.all(["1", "2", "3", "4"].map((id) => attach("web", id)));
    assert.equal((await attach("web", "5")).refused?.reason, "RATE_LIMITED");
    assert.equal((await attach("sink", "1")).refused, undefined);
    assert.deepEqual([attached("web"), attached("sink")], [["2", "3", "4"], ["1"]]);
    const { reason, retryAfterMs } = first?.refused ?? assert.fail();
    assert.deepEqual([reason, retryAfterMs], ["RATE_LIMITED", 1000]);
  });

  it("are not taken from a role that has little more than the one that comes", async () => {
    await Promise.all(["1", "2", "3"].map((id) => attach("web", id)));
    await attach("sink", "1");
    assert.equal((await attach("sink", "2")).refused?.reason, "RATE_LIMITED");
    assert.deepEqual(attached("web"), ["1", "2", "3"]);
  });

  it("are given back when an instance goes, or comes again", async () => {
    for (let round = 0; round < 10; round += 1) {
      assert.equal((await attach("web", "same")).refused, undefined);
      const going = await attach("web", `${round}`);
      await going.send({ leave: {} });
      assert.equal(going.isEnded, true);
    }
    assert.deepEqual(attached("web"), ["same"]);
  });
});
