import assert from "node:assert/strict";
import { silentLog } from "@exosphere/telemetry";
import { Exocom } from "../core/exocom.ts";
import { FakeClock } from "../core/fake-clock.ts";
import { routesOf } from "../core/testing/routes.ts";
import { envelopes } from "../envelopes.ts";
import { AttachAuthoriser } from "./attach-authoriser.ts";
import { AttachHost } from "./attach-host.ts";
import { FrameClient } from "./testing/frame-client.ts";

/** An application of which a topology has some 200 KB. */
const roles = Array.from({ length: 200 }, (_, role) => [
  `role${role}`,
  { sends: Array.from({ length: 20 }, (_, name) => `a message with a long name, ${role}, ${name}`) },
]);

describe("An instance that asks for the topology again and again, and does not read it", () => {
  it("has its stream ended, as what waits for it counts by its size", async () => {
    const clock = new FakeClock();
    const exocom = new Exocom({ clock, routes: routesOf({ web: {}, ...Object.fromEntries(roles) }), envelopes });
    const authoriser = new AttachAuthoriser(undefined);
    const host = new AttachHost({ exocom, clock, authoriser, log: silentLog(), agent: "exocom/test" });
    const web = new FrameClient(host);
    await web.register();
    web.setReading(false);
    for (let queries = 0; queries < 200; queries += 1) await web.send({ topologyQuery: {} });
    assert.equal(web.refused?.reason, "RATE_LIMITED");
    host.close();
    exocom.close();
  });
});
