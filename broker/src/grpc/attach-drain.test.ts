import assert from "node:assert/strict";
import { newCredit, newSettlement } from "@exosphere/proto";
import { silentLog } from "@exosphere/telemetry";
import { Exocom } from "../core/exocom.ts";
import { FakeClock } from "../core/fake-clock.ts";
import { routesOf } from "../core/testing/routes.ts";
import { envelopes } from "../envelopes.ts";
import { AttachAuthoriser } from "./attach-authoriser.ts";
import { AttachHost } from "./attach-host.ts";
import { FrameClient, settled } from "./testing/frame-client.ts";

const heard = 1;
const graceMs = 8_000;

describe("A broker that drains", () => {
  let clock: FakeClock;
  let exocom: Exocom;
  let host: AttachHost;
  let web: FrameClient;
  let sink: FrameClient;
  let isDrained: boolean;
  const grace = () => new AbortController();

  beforeEach(() => {
    clock = new FakeClock();
    const routes = routesOf({ web: { sends: ["heard"] }, sink: { receives: ["heard"] } });
    exocom = new Exocom({ clock, routes, envelopes });
    const authoriser = new AttachAuthoriser(undefined);
    host = new AttachHost({ exocom, clock, authoriser, log: silentLog(), agent: "exocom/test" });
    [web, sink] = [new FrameClient(host), new FrameClient(host)];
    isDrained = false;
  });
  afterEach(() => {
    host.close();
    exocom.close();
  });

  const attach = async (registration = {}) => {
    await web.register({ credit: 0, ...registration });
    await sink.register({ role: "sink", credit: 1, ...registration });
  };
  const drain = async (deadline = grace().signal) => {
    void host.drain(deadline, graceMs).then(() => {
      isDrained = true;
    });
    await pass(20);
  };
  /** Lets time pass, and what it brings about come about. */
  const pass = async (ms: number) => {
    clock.advance(ms);
    await settled();
  };
  const refusalOf = ({ frames }: FrameClient) => frames.at(-1)?.refusals[0]?.reason;

  it("asks every instance to move, one after the other, and takes no new ones", async () => {
    await attach();
    await drain();
    for (const { frames } of [web, sink]) {
      const { withinMs = 0, address } = frames.at(-1)?.move ?? {};
      assert.equal(address, "");
      assert.ok(withinMs <= graceMs && withinMs >= graceMs - 11, String(withinMs));
    }
    const late = new FrameClient(host);
    await late.register();
    assert.equal(late.refused?.reason, "DRAINING");
  });

  it("does not take in what had a stream, but had not registered before", async () => {
    await drain();
    assert.equal(isDrained, true);
    host = new AttachHost({
      exocom,
      clock,
      authoriser: new AttachAuthoriser(undefined),
      log: silentLog(),
      agent: "exocom/test",
    });
    [web, sink] = [new FrameClient(host), new FrameClient(host)];
    await sink.register({ role: "sink" });
    await drain();
    await web.register();
    assert.equal(web.refused?.reason, "DRAINING");
  });

  it("takes messages of those that have not moved yet, and gives them to those that have", async () => {
    await attach();
    await drain();
    await sink.send({ leave: {} });
    await web.publish(1, heard, heard);
    assert.equal(refusalOf(web), undefined);
    await web.send({ leave: {} });
    await pass(20);
    assert.deepEqual([isDrained, sink.isEnded], [false, false]);
    await sink.send({ done: [1] });
    await pass(20);
    assert.equal(isDrained, false);
    await sink.send({ done: [2] });
    await pass(20);
    assert.deepEqual([isDrained, sink.isEnded], [true, true]);
    assert.equal(exocom.roles.get("sink")?.backlog.messages, 0);
  });

  it("ends the stream of one that leaves and wants no more work, with what it has settled", async () => {
    await attach();
    await web.publish(1, heard);
    await drain();
    await sink.send({ credit: newCredit({ window: 0, failing: false, probes: 0 }), leave: {} });
    assert.equal(sink.isEnded, false);
    await sink.send({ done: [1] });
    assert.deepEqual([sink.isEnded, isDrained], [true, false]);
  });

  it("takes nothing more after half of its time but replies, and does not wait for those that stay", async () => {
    await attach();
    await drain();
    await web.publish(1, heard);
    await pass(graceMs / 2);
    await web.publish(2, heard);
    assert.equal(refusalOf(web), "DRAINING");
    assert.equal(isDrained, false);
    await sink.send({ done: [1] });
    await pass(20);
    assert.deepEqual([isDrained, web.isEnded, sink.isEnded], [true, true, true]);
  });

  it("notices that it is idle when the last that waited has expired", async () => {
    await attach();
    await web.publish(1, heard, heard);
    await drain();
    for (const client of [web, sink]) await client.send({ leave: {} });
    await sink.send({
      settlements: [newSettlement({ delivery: 1, outcome: 2, retryAfterMs: 7_000_000, detail: "", words: "" })],
    });
    assert.equal(isDrained, false);
    await sink.send({ done: [2] });
    await pass(60_000);
    assert.equal(isDrained, true);
  });

  it("ends at the deadline, whatever is under way", async () => {
    await attach();
    await web.publish(1, heard);
    const deadline = grace();
    await drain(deadline.signal);
    deadline.abort();
    await settled();
    assert.deepEqual([isDrained, sink.isEnded], [true, true]);
  });

  describe("and one that only asks", () => {
    it("goes on as before, and gives no more work to those that leave", async () => {
      await attach();
      await web.publish(1, heard);
      host.askToMove(graceMs);
      await pass(20);
      assert.ok(sink.frames.at(-1)?.move);
      await sink.send({ leave: {} });
      await web.publish(2, heard);
      assert.equal(refusalOf(web), undefined);
      await sink.send({ done: [1] });
      assert.equal(sink.isEnded, true);
      assert.equal(exocom.roles.get("sink")?.backlog.messages, 1);
      assert.ok((await new FrameClient(host).register())?.attached);
    });

    it("gives no more work to one that has left, though its handlers wait and it raises its window", async () => {
      await attach();
      await web.publish(1, heard);
      await sink.send({ leave: {} });
      await sink.send({ credit: newCredit({ window: 2 }) });
      await web.publish(2, heard);
      assert.equal(sink.frames.flatMap(({ deliveries }) => deliveries).length, 1);
      assert.equal(exocom.roles.get("sink")?.backlog.messages, 1);
    });

    it("spreads it over an eighth of the time at the most", async () => {
      const clients = await Promise.all(
        Array.from({ length: 20 }, async () => {
          const client = new FrameClient(host);
          await client.register();
          return client;
        }),
      );
      let drawn = 0;
      host.askToMove(400, () => drawn++ / 20);
      const asked = () => clients.filter(({ frames }) => frames.at(-1)?.move).length;
      await pass(24);
      assert.ok(asked() > 5 && asked() < 15, String(asked()));
      await pass(26);
      assert.equal(asked(), 20);
    });
  });
});
