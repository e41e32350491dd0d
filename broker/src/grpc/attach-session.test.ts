import assert from "node:assert/strict";
import { newAttached, newSettlement, protocolVersion } from "@exosphere/proto";
import { silentLog } from "@exosphere/telemetry";
import { publishOf } from "../contract/publish-of.ts";
import { Exocom } from "../core/exocom.ts";
import { FakeClock } from "../core/fake-clock.ts";
import { routesOf } from "../core/testing/routes.ts";
import { envelopes } from "../envelopes.ts";
import type { AttachTokens } from "../tokens.ts";
import { AttachAuthoriser } from "./attach-authoriser.ts";
import { AttachHost } from "./attach-host.ts";
import { FrameClient, settled } from "./testing/frame-client.ts";

/** Numbers of web's names, in the order of its routes. */
const [heard, unheard] = [1, 2];

/** Time passes with every look at it. */
class RunningClock extends FakeClock {
  isRunning = false;

  override nowMs(): number {
    if (this.isRunning) this.advance(1);
    return super.nowMs();
  }
}

describe("AttachSession", () => {
  let exocom: Exocom;
  let host: AttachHost;
  let clock: RunningClock;
  const start = (tokens?: () => AttachTokens, maxInstances = 100) => {
    clock = new RunningClock();
    const routes = routesOf({ web: { sends: ["heard", "unheard"] }, sink: { receives: ["heard"] } });
    exocom = new Exocom({ clock, routes, envelopes });
    host = new AttachHost({
      exocom,
      clock,
      authoriser: new AttachAuthoriser(tokens),
      log: silentLog(),
      agent: "exocom/test",
      limits: { maxInstances },
    });
  };
  beforeEach(() => start());
  afterEach(() => {
    host.close();
    exocom.close();
  });

  it("answers a registration with who it is, what it took before, and the routes", async () => {
    const frame = await new FrameClient(host).register();
    assert.deepEqual(
      frame?.attached,
      newAttached({
        protocolVersion,
        epoch: host.epoch,
        maxPayloadBytes: 1024 * 1024,
        agent: "exocom/test",
      }),
    );
    assert.deepEqual(
      frame?.routes?.sends.map(({ name }) => name),
      ["heard", "unheard"],
    );
  });

  it("takes what stands in one frame at one moment", async () => {
    const sink = new FrameClient(host);
    await sink.register({ role: "sink" });
    const web = new FrameClient(host);
    await web.register();
    clock.isRunning = true;
    await web.publish(1, heard, heard);
    await web.publish(3, heard);
    const [first, second, later] = sink.frames.flatMap(({ deliveries }) =>
      deliveries.map((each) => each.timestampNanos),
    );
    assert.equal(second, first);
    assert.notEqual(later, first);
  });

  describe("refuses", () => {
    const cases = [
      ["a role that the routes lack", { role: "nobody" }, "NOT_ALLOWED", /'nobody'.*sink, web/],
      ["a role longer than any name", { role: "x".repeat(256) }, "INVALID_MESSAGE", /^A registration needs a role/],
      ["an empty instance id", { instanceId: "" }, "INVALID_MESSAGE", /instance id/],
      ["an instance id that is too long", { instanceId: "x".repeat(256) }, "INVALID_MESSAGE", /instance id/],
      [
        "a protocol of the future",
        { protocolVersion: protocolVersion + 1 },
        "INVALID_MESSAGE",
        /Update the older side/,
      ],
      ["a protocol of before all time", { protocolVersion: 0 }, "INVALID_MESSAGE", /Update the older side/],
    ] as const;
    for (const [what, registration, reason, detail] of cases) {
      it(what, async () => {
        const client = new FrameClient(host);
        assert.equal(await client.register(registration), undefined);
        assert.equal(client.refused?.reason, reason);
        assert.match(client.refused?.detail ?? "", detail);
        assert.equal(exocom.roles.get("web")?.instances.size, 0);
      });
    }

    it("a frame before the registration", async () => {
      const client = new FrameClient(host);
      await client.publish(1, heard);
      assert.equal(client.refused?.reason, "INVALID_MESSAGE");
    });

    it("a second registration", async () => {
      const client = new FrameClient(host);
      await client.register();
      await client.register();
      assert.equal(client.refused?.reason, "INVALID_MESSAGE");
      assert.equal(exocom.roles.get("web")?.instances.size, 0);
    });

    it("an outcome that is none", async () => {
      const client = new FrameClient(host);
      await client.register();
      await client.send({
        settlements: [newSettlement({ delivery: 1, outcome: 0, retryAfterMs: 0, detail: "", words: "" })],
      });
      assert.equal(client.refused?.reason, "INVALID_MESSAGE");
    });

    it("a sequence of 0, which would be taken for one that it has taken", async () => {
      const client = new FrameClient(host);
      await client.register();
      await client.publish(0, heard);
      assert.equal(client.refused?.reason, "INVALID_MESSAGE");
    });

    it("sequences beyond the exact numbers, of which it takes none", async () => {
      const client = new FrameClient(host);
      await client.register();
      await client.publish(2 ** 53 - 1, heard, heard);
      assert.equal(client.refused?.reason, "INVALID_MESSAGE");
      assert.equal(exocom.roles.get("sink")?.backlog.messages, 0);
    });

    it("everybody from elsewhere where there are no tokens", async () => {
      for (const peer of ["10.0.0.7:4711", "[2001:db8::1]:4711", "127.0.0.1.evil.example:1"]) {
        const client = new FrameClient(host, peer);
        await client.register();
        assert.equal(client.refused?.reason, "UNAUTHENTICATED");
      }
      for (const peer of ["127.0.0.1:4711", "[::1]:4711", "[::ffff:127.0.0.1]:4711"]) {
        assert.ok((await new FrameClient(host, peer).register())?.attached);
      }
    });

    it("whoever has not the token of its role, where there are tokens", async () => {
      start(
        () =>
          new Map([
            ["web", ["sesame", "old sesame"]],
            ["empty", [""]],
          ]),
      );
      for (const [role, token] of [
        ["web", ""],
        ["web", "open"],
        ["sink", "sesame"],
        ["sink", "no such role"],
        ["sink", ""],
      ] as const) {
        const client = new FrameClient(host);
        await client.register({ role, token });
        assert.equal(client.refused?.reason, "UNAUTHENTICATED", `${role} with '${token}'`);
      }
      for (const token of ["sesame", "old sesame"])
        assert.ok((await new FrameClient(host, "10.0.0.7:4711").register({ token }))?.attached, token);
    });
  });

  describe("that comes again", () => {
    const instanceId = "same";

    it("confirms what it took before, without publishing it again", async () => {
      const before = new FrameClient(host);
      await before.register({ instanceId });
      await before.publish(1, heard, heard, heard);
      await before.break();
      const after = new FrameClient(host);
      const attached = (await after.register({ instanceId, epoch: host.epoch }))?.attached;
      assert.equal(attached?.takenThrough, 3);
      await after.publish(2, heard, heard, heard);
      assert.deepEqual(after.frames.at(-1)?.confirmations, [{ first: 2, last: 4 }]);
      assert.equal(exocom.roles.get("sink")?.backlog.messages, 4);
    });

    it("is known still, however many others have come and gone while it was attached", async () => {
      start(undefined, 2);
      const before = new FrameClient(host);
      const first = await before.register({ instanceId });
      await before.publish(1, heard);
      for (let other = 0; other < 3; other += 1) {
        const client = new FrameClient(host);
        await client.register();
        await client.break();
      }
      await before.break();
      const second = await new FrameClient(host).register({ instanceId, epoch: host.epoch });
      assert.equal(second?.attached?.takenThrough, 1);
      assert.equal(second?.attached?.instance, first?.attached?.instance);
    });

    it("gets the publishes reported as uncertain if the broker has forgotten it in favour of later instances", async () => {
      start(undefined, 2);
      const before = new FrameClient(host);
      await before.register({ instanceId });
      await before.publish(1, heard, heard);
      await before.break();
      for (let other = 0; other < 2; other += 1) {
        const client = new FrameClient(host);
        await client.register();
        await client.break();
      }
      const knows = { instanceId, epoch: host.epoch, confirmedThrough: 0 };
      // Also if it does not get the first answer.
      for (let attempt = 0; attempt < 2; attempt += 1) {
        const after = new FrameClient(host);
        const { attached } = (await after.register(knows)) ?? {};
        assert.deepEqual([attached?.takenThrough, attached?.uncertainThrough], [2, 2]);
        if (attempt === 0) await after.break();
        // What is new has higher sequences than all before.
        else await after.publish(3, heard);
        if (attempt === 1) await after.break();
      }
      assert.equal(exocom.roles.get("sink")?.backlog.messages, 3);
      const known = (await new FrameClient(host).register(knows))?.attached;
      assert.deepEqual([known?.takenThrough, known?.uncertainThrough], [3, 0]);
    });

    it("is met for the first time if nothing was forgotten, whatever it says", async () => {
      const first = await new FrameClient(host).register({ instanceId, epoch: host.epoch });
      assert.deepEqual([first?.attached?.takenThrough, first?.attached?.uncertainThrough], [0, 0]);
    });

    it("is told of the refusals that it has not heard of", async () => {
      const before = new FrameClient(host);
      await before.register({ instanceId });
      await before.publish(1, unheard, heard, unheard);
      await before.break();
      const after = new FrameClient(host);
      const attached = (await after.register({ instanceId, epoch: host.epoch, confirmedThrough: 1 }))?.attached;
      assert.deepEqual(
        attached?.refusals.map(({ sequence, reason }) => [sequence, reason]),
        [[3, "NO_RECEIVERS"]],
      );
    });

    it("is told up to where it may not hear of refusals any more", async () => {
      const before = new FrameClient(host);
      await before.register({ instanceId });
      await before.publish(1, ...Array.from({ length: 1100 }, () => unheard));
      await before.break();
      for (const [confirmedThrough, uncertainThrough] of [
        [50, 100],
        [100, 0],
      ] as const) {
        // biome-ignore format: one line
        const after = new FrameClient(host);
        const attached = (await after.register({ instanceId, epoch: host.epoch, confirmedThrough }))?.attached;
        assert.deepEqual([attached?.uncertainThrough, attached?.refusals[0]?.sequence], [uncertainThrough, 101]);
      }
    });

    it("is another process if it does not know this life of the broker: its sequences begin anew", async () => {
      const before = new FrameClient(host);
      await before.register({ instanceId });
      await before.publish(1, heard);
      const after = new FrameClient(host);
      const second = await after.register({ instanceId });
      assert.equal(second?.attached?.takenThrough, 0);
      await after.publish(1, heard);
      assert.equal(exocom.roles.get("sink")?.backlog.messages, 2);
    });

    it("replaces its connection that the broker had not noticed to be broken", async () => {
      const before = new FrameClient(host);
      const first = await before.register({ instanceId });
      const after = new FrameClient(host);
      const second = await after.register({ instanceId, epoch: host.epoch });
      assert.deepEqual([before.isEnded, after.isEnded], [true, false]);
      assert.equal(second?.attached?.instance, first?.attached?.instance);
      await before.publish(1, heard);
      await after.publish(1, heard);
      assert.equal(exocom.roles.get("sink")?.backlog.messages, 1);
      assert.equal(exocom.roles.get("web")?.instances.size, 1);
    });

    it("is another instance in another role", async () => {
      const [web, sink] = [new FrameClient(host), new FrameClient(host)];
      await web.register({ instanceId });
      await sink.register({ instanceId, role: "sink" });
      assert.deepEqual([web.isEnded, sink.isEnded], [false, false]);
    });
  });

  it("ends the stream of an instance that leaves once everything in flight is settled", async () => {
    const [web, sink] = [new FrameClient(host), new FrameClient(host)];
    await web.register();
    await sink.register({ role: "sink" });
    await web.publish(1, heard);
    await sink.send({ leave: {} });
    assert.equal(sink.isEnded, false);
    await web.publish(2, heard);
    assert.equal(exocom.roles.get("sink")?.backlog.messages, 1);
    await sink.send({ done: [1] });
    assert.equal(sink.isEnded, true);
    await web.send({ leave: {} });
    assert.equal(web.isEnded, true);
  });

  it("takes the end of a stream for a departure", async () => {
    const web = new FrameClient(host);
    await web.register();
    await web.end();
    assert.equal(web.isEnded, true);
    assert.equal(exocom.roles.get("web")?.instances.size, 0);
  });

  it("numbers its deliveries in the order in which they leave, also when it was full in between", async () => {
    exocom.replaceRoutes(
      routesOf({ web: { sends: ["ask"], receives: ["answer"] }, sink: { sends: ["answer"], receives: ["ask"] } }),
    );
    const [web, sink] = [new FrameClient(host), new FrameClient(host)];
    await web.register({ credit: 10 });
    await sink.register({ role: "sink" });
    const large = Buffer.alloc(1024 * 1024);
    const answer = (activity: string, envelope: Buffer) => {
      const name = exocom.roles.get("sink")?.numberOf("answer") ?? 0;
      return publishOf(name, { activity, payload: envelope });
    };
    // In one tick: one delivery fills the writer, two wait for room, and then a reply comes that needs none.
    await sink.send({
      firstSequence: 1,
      publishes: [
        answer("one", large),
        answer("two", Buffer.from("two")),
        answer("three", Buffer.from("three")),
        { ...answer("four", Buffer.from("reply")), replyInstance: 1, replyRequest: 9 },
      ],
    });
    await settled();
    const numbers = new Map<string, number>();
    for (const { firstDelivery, deliveries } of web.frames) {
      for (const [index, { activityId }] of deliveries.entries()) {
        numbers.set(Buffer.from(activityId).toString(), firstDelivery + index);
      }
    }
    const [instance] = exocom.roles.get("web")?.instances ?? [];
    const bound = [...(instance?.deliveries.values() ?? [])].map(
      ({ message, number }) => [message.activity, number] as const,
    );
    assert.deepEqual([...numbers].sort(), [...bound].sort());
    assert.equal(bound.length, 4);
  });

  it("tells changed routes behind the deliveries that were bound under those of before", async () => {
    const [web, sink] = [new FrameClient(host), new FrameClient(host)];
    await web.register();
    await sink.register({ role: "sink" });
    sink.setReading(false);
    for (const sequence of [1, 2]) await web.publish(sequence, heard);
    exocom.replaceRoutes(routesOf({ web: { sends: ["heard", "unheard"] }, sink: { receives: ["unheard"] } }));
    sink.setReading(true);
    await settled();
    assert.deepEqual(
      sink.frames.map(({ deliveries, routes }) => [deliveries.length, routes?.receives.map(({ name }) => name)]),
      [
        [0, ["heard"]],
        [1, undefined],
        [1, undefined],
        [0, ["unheard"]],
      ],
    );
  });

  it("still says what it owes to an instance that does not read when its stream ends, but gives it no more work", async () => {
    const [web, sink] = [new FrameClient(host), new FrameClient(host)];
    await web.register();
    await sink.register({ role: "sink" });
    for (const client of [web, sink]) client.setReading(false);
    // The first of each is given to the stream, which then says that it is full.
    for (const sequence of [1, 2, 3]) await web.publish(sequence, heard);
    host.close();
    await settled();
    for (const client of [web, sink]) client.setReading(true);
    await settled();
    const confirmed = web.frames.flatMap(({ confirmations }) => confirmations);
    assert.deepEqual([confirmed.at(-1)?.last, web.isEnded], [3, true]);
    assert.deepEqual([sink.frames.flatMap(({ deliveries }) => deliveries).length, sink.isEnded], [1, true]);
    assert.equal(exocom.roles.get("sink")?.backlog.messages, 2);
  });
});
