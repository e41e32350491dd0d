import assert from "node:assert/strict";
import { silentLog } from "@exosphere/telemetry";
import { Exocom } from "../core/exocom.ts";
import { FakeClock } from "../core/fake-clock.ts";
import { routesOf } from "../core/testing/routes.ts";
import { envelopes } from "../envelopes.ts";
import { AttachAuthoriser } from "./attach-authoriser.ts";
import { AttachHost } from "./attach-host.ts";
import { FrameClient, settled } from "./testing/frame-client.ts";

describe("The log of a broker says why an instance was detached", () => {
  const said: string[] = [];
  let exocom: Exocom;
  let host: AttachHost;

  beforeEach(() => {
    said.length = 0;
    const clock = new FakeClock();
    const observer = { detached: (_: unknown, why: string) => void said.push(why) };
    exocom = new Exocom({ clock, routes: routesOf({ web: { sends: ["heard"] }, sink: {} }), envelopes, observer });
    host = new AttachHost({
      exocom,
      clock,
      authoriser: new AttachAuthoriser(undefined),
      log: silentLog(),
      agent: "exocom/test",
      limits: { maxUnreadBytes: 100 },
    });
  });
  afterEach(() => {
    host.close();
    exocom.close();
  });

  const cases: Readonly<Record<string, [(client: FrameClient) => unknown, RegExp]>> = {
    "its connection broke": [(client) => client.break(), /^the connection broke/],
    "it ended its stream": [(client) => client.end(), /^the instance ended its stream$/],
    "it left in order": [(client) => client.send({ leave: {} }), /^it left in order$/],
    "the broker shut down": [() => host.close(), /^this broker shut down$/],
    "it broke the contract": [(client) => client.publish(0, 1), /^INVALID_MESSAGE: Sequences of publishes/],
    "its role was taken out of the routes": [
      () => exocom.replaceRoutes(routesOf({ sink: {} })),
      /^The routes no longer have a role 'web'\.$/,
    ],
    "the same instance attached again": [
      () => new FrameClient(host).register({ instanceId: "same", epoch: host.epoch }),
      /^the same instance attached again$/,
    ],
    "it does not read what it is sent": [
      async (client) => {
        client.setReading(false);
        for (let sequence = 1; sequence < 300; sequence += 1) await client.publish(sequence, 1);
      },
      /^RATE_LIMITED: The instance does not read/,
    ],
  };

  for (const [what, [happens, why]] of Object.entries(cases))
    it(what, async () => {
      const client = new FrameClient(host);
      await client.register({ instanceId: "same", credit: 0 });
      await happens(client);
      await settled();
      assert.equal(said.length, 1, said.join());
      assert.match(said[0] ?? "", why);
    });
});
