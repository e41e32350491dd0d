import assert from "node:assert/strict";
import { silentLog } from "@exosphere/telemetry";
import { Exocom } from "../core/exocom.ts";
import { FakeClock } from "../core/fake-clock.ts";
import { routesOf } from "../core/testing/routes.ts";
import { envelopes } from "../envelopes.ts";
import type { AttachTokens } from "../tokens.ts";
import { AttachAuthoriser } from "./attach-authoriser.ts";
import { AttachHost } from "./attach-host.ts";
import { FrameClient } from "./testing/frame-client.ts";

/** Numbers of names, in the order of the routes: of what web sends, and of what the security role does. */
const [heard, unheard] = [1, 2];
const [authorized, unauthorized] = [1, 2];

describe("AttachSession beside a security role", () => {
  const clock = new FakeClock();
  let exocom: Exocom;
  let host: AttachHost;
  let web: FrameClient;
  let security: FrameClient;
  let verdicts = 0;

  const start = (tokens?: AttachTokens) => {
    const web = { sends: ["heard", "unheard"] };
    const routes = routesOf({ web, sink: { receives: ["heard"] }, security: {} });
    exocom = new Exocom({ clock, routes, envelopes });
    const authoriser = new AttachAuthoriser(tokens && (() => tokens));
    host = new AttachHost({ exocom, clock, authoriser, log: silentLog(), agent: "exocom/test" });
  };
  const attach = async () => {
    web = new FrameClient(host);
    await web.register({ instanceId: "same" });
    security = new FrameClient(host);
    await security.register({ role: "security" });
    verdicts = 0;
  };
  /** Gives the verdict on the message that was asked about as the one of this place. */
  const decide = async (place: number, verdict: number) => {
    const questions = security.frames.flatMap(({ deliveries }) => deliveries);
    const { activityId } = questions[place] ?? assert.fail(`question ${place} has not come`);
    verdicts += 1;
    await security.publish(verdicts, [verdict, activityId]);
  };
  const confirmed = ({ frames }: FrameClient) => frames.flatMap(({ confirmations }) => confirmations);
  const refused = ({ frames }: FrameClient) =>
    frames.flatMap(({ refusals }) => refusals.map(({ sequence, reason }) => [sequence, reason]));

  beforeEach(() => start());
  afterEach(() => {
    host.close();
    exocom.close();
  });

  it("confirms each message when it is decided, and those around it at once", async () => {
    await attach();
    await web.publish(1, heard, unheard, heard, heard);
    assert.deepEqual([confirmed(web), refused(web)], [[{ first: 2, last: 2 }], [[2, "NO_RECEIVERS"]]]);
    await decide(1, unauthorized);
    await decide(0, authorized);
    assert.deepEqual(confirmed(web).slice(1), [
      { first: 3, last: 3 },
      { first: 1, last: 1 },
    ]);
    assert.deepEqual(refused(web).slice(1), [[3, "REFUSED_BY_SECURITY"]]);
  });

  it("tells an instance that comes again what is undecided, and confirms it on the new stream", async () => {
    await attach();
    await web.publish(1, heard, heard, heard, heard);
    await decide(3, authorized);
    await web.break();
    await decide(2, unauthorized);
    const again = new FrameClient(host);
    const attached = (await again.register({ instanceId: "same", epoch: host.epoch }))?.attached;
    assert.deepEqual([attached?.takenThrough, attached?.undecided], [4, [1, 2]]);
    assert.deepEqual(
      attached?.refusals.map(({ sequence, reason }) => [sequence, reason]),
      [[3, "REFUSED_BY_SECURITY"]],
    );
    await again.publish(2, heard);
    await decide(1, unauthorized);
    await decide(0, authorized);
    assert.deepEqual(confirmed(again), [
      { first: 2, last: 2 },
      { first: 1, last: 1 },
    ]);
    assert.deepEqual(refused(again), [[2, "REFUSED_BY_SECURITY"]]);
    assert.equal(exocom.roles.get("sink")?.backlog.messages, 2);
  });

  it("lets nobody attach as it without its token", async () => {
    start(new Map([["web", ["sesame"]]]));
    for (const token of ["", "sesame"]) {
      const client = new FrameClient(host);
      await client.register({ role: "security", token });
      assert.equal(client.refused?.reason, "UNAUTHENTICATED");
    }
    start(new Map([["security", ["open"]]]));
    assert.ok((await new FrameClient(host, "10.0.0.7:1").register({ role: "security", token: "open" }))?.attached);
  });

  it("lets nobody attach as it from another machine where there are no tokens", async () => {
    const client = new FrameClient(host, "10.0.0.7:4711");
    await client.register({ role: "security" });
    assert.equal(client.refused?.reason, "UNAUTHENTICATED");
  });

  it("drains when what waits for verdicts is decided, and takes verdicts until then", async () => {
    await attach();
    await web.publish(1, heard, heard);
    let isDrained = false;
    const drained = host.drain(new AbortController().signal, 1000).then(() => {
      isDrained = true;
    });
    // Half of the time for moving away is over.
    clock.advance(500);
    await web.publish(3, heard);
    assert.deepEqual(refused(web), [[3, "DRAINING"]]);
    await decide(0, authorized);
    await security.send({ done: [1, 2] });
    await web.break();
    assert.equal(isDrained, false);
    clock.advance(5050);
    await drained;
    assert.equal(exocom.authoriser.messages, 0);
  });
});
