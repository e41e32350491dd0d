import assert from "node:assert/strict";
import { newMove } from "@exosphere/proto";
import { silentLog } from "@exosphere/telemetry";
import { Exocom } from "../core/exocom.ts";
import { FakeClock } from "../core/fake-clock.ts";
import { routesOf } from "../core/testing/routes.ts";
import { envelopes } from "../envelopes.ts";
import type { AttachTokens } from "../tokens.ts";
import { AttachAuthoriser } from "./attach-authoriser.ts";
import { AttachHost } from "./attach-host.ts";
import { FrameClient, settled } from "./testing/frame-client.ts";

describe("an instance whose token is withdrawn", () => {
  it("is asked to attach again, and is cut off if it does not", async () => {
    let tokens: AttachTokens = new Map([["web", ["new", "old"]]]);
    const clock = new FakeClock();
    const exocom = new Exocom({ clock, routes: routesOf({ web: {} }), envelopes });
    const authoriser = new AttachAuthoriser(() => tokens);
    const host = new AttachHost({ exocom, clock, authoriser, log: silentLog(), agent: "exocom/test" });
    const [old, new_] = [new FrameClient(host, "10.0.0.7:1"), new FrameClient(host, "10.0.0.7:2")];
    await old.register({ token: "old" });
    await new_.register({ token: "new" });
    tokens = new Map([["web", ["new"]]]);
    host.checkTokens();
    await settled();
    const moves = (client: FrameClient) => client.frames.flatMap(({ move }) => move ?? []);
    const detail = "The token that it attached with is no longer accepted.";
    assert.deepEqual([moves(old), moves(new_)], [[newMove({ withinMs: 2_000, detail })], []]);
    clock.advance(1_999);
    await settled();
    assert.deepEqual([old.isEnded, new_.isEnded], [false, false]);
    clock.advance(1);
    await settled();
    assert.deepEqual([old.isEnded, new_.isEnded], [true, false]);
  });
});
