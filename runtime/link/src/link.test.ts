import assert from "node:assert/strict";
import { ExoError, newRefusal, newRegistration, protocolVersion } from "@exosphere/proto";
import { outgoing, settled } from "./fixtures/scripted-broker.ts";
import { type StartedLink, startLink } from "./fixtures/start-link.ts";
import type { Link } from "./link.ts";
import type { LinkOptions } from "./link-config.ts";
import type { LinkStatus } from "./link-status.ts";

/** Why a message was not accepted; "ok" if it was. */
function send(link: Link, message = outgoing()): Promise<string> {
  return new Promise((resolve) => link.send(message, (error) => resolve(reasonOf(error))));
}

function reasonOf(error: Error | undefined): string {
  return error ? ExoError.from(error).reason : "ok";
}

describe("Link", () => {
  const started: Link[] = [];
  const start = (options: Partial<LinkOptions> = {}, onStatus?: (status: LinkStatus) => void): StartedLink => {
    const all = startLink(options, onStatus);
    started.push(all.link);
    return all;
  };
  afterEach(() => {
    for (const link of started.splice(0)) link.close();
  });

  it("settles what is in flight when a broker confirms more than that", async () => {
    const { link, broker } = start();
    const end = await broker.next();
    await end.welcome({ takenThrough: 2 ** 53 - 1 });
    const sent = send(link);
    await settled();
    await end.confirm(0, 2 ** 53 - 1);
    assert.equal(await sent, "ok");
    await end.confirm(2 ** 53 - 1, 2 ** 53 - 1);
    assert.equal(link.isAttached, true);
  });

  describe("attaches", () => {
    it("with its registration as the first frame", async () => {
      const { link, broker, statuses } = start({ token: "sesame", window: 5, agent: "test/1" });
      const end = await broker.next();
      assert.deepEqual(
        end.registration,
        newRegistration({
          protocolVersion,
          role: "web",
          instanceId: "instance",
          token: "sesame",
          credit: 5,
          confirmedThrough: 0,
          epoch: "",
          agent: "test/1",
          key: end.registration?.key ?? new Uint8Array(),
        }),
      );
      assert.equal(end.registration?.key.byteLength, 16);
      assert.equal(link.isAttached, false);
      await end.welcome();
      assert.equal(link.isAttached, true);
      assert.deepEqual([link.names?.numberOf("note"), link.names?.isReceived("news")], [2, true]);
      assert.deepEqual(new Set(statuses.map(({ kind }) => kind)), new Set(["attached", "routes"]));
    });

    it("with the window that was set meanwhile", async () => {
      const { link, broker } = start({ window: 0 });
      const end = await broker.next();
      link.setWindow(8);
      await end.welcome();
      const windows = [end.registration?.credit, ...end.frames.map(({ credit }) => credit?.window)];
      assert.equal(windows.filter((window) => window !== undefined).at(-1), 8);
    });

    it("and tells of a window that changes later, once", async () => {
      const { link, broker } = start({ window: 1 });
      const end = await broker.next();
      await end.welcome();
      link.setWindow(4);
      link.setWindow(4);
      await settled();
      assert.deepEqual(
        end.frames.flatMap(({ credit }) => credit?.window ?? []),
        [4],
      );
    });

    it("to the next broker where one is away, and begins again at the first", async () => {
      const { broker, statuses } = start({ brokers: ["one:1", "two:2"] });
      for (const address of ["one:1", "two:2", "one:1"]) {
        const end = await broker.next();
        assert.equal(end.address, address);
        await end.break();
      }
      assert.deepEqual(
        statuses.map((status) => status.kind === "detached" && [status.broker, status.error.reason]),
        [
          ["one:1", "BROKER_UNAVAILABLE"],
          ["two:2", "BROKER_UNAVAILABLE"],
          ["one:1", "BROKER_UNAVAILABLE"],
        ],
      );
    });

    it("elsewhere when a broker does not answer at all", async () => {
      const { broker, statuses } = start({ brokers: ["black hole:1", "two:2"], attachTimeoutMs: 5 });
      await broker.next();
      const second = await broker.next();
      await second.welcome();
      const [detached] = statuses;
      assert.ok(detached?.kind === "detached");
      assert.match(detached.error.detail, /black hole:1 did not answer/);
      assert.equal(statuses.at(-1)?.kind, "routes");
    });

    it("again with the epoch and how far it was confirmed", async () => {
      const { link, broker } = start();
      const first = await broker.next();
      await first.welcome({ epoch: "life" });
      const accepted = [send(link), send(link)];
      await settled();
      await first.confirm(1, 2);
      await Promise.all(accepted);
      await first.break();
      assert.equal(link.isAttached, false);
      const second = await broker.next();
      assert.deepEqual([second.registration?.epoch, second.registration?.confirmedThrough], ["life", 2]);
    });
  });

  describe("that is refused", () => {
    it("tells those who wait and those who come why, and tries again", async () => {
      const { link, broker } = start();
      const end = await broker.next();
      const waits = send(link);
      await end.refuse(new ExoError("NOT_ALLOWED", "The routes have no role 'web'."));
      assert.equal(await waits, "NOT_ALLOWED");
      assert.equal(await send(link), "NOT_ALLOWED");
      assert.match(link.lastError.detail, /no role 'web'/);
      await (await broker.next()).welcome();
      void send(link);
      assert.equal(link.pending.messages, 1);
    });

    it("for a passing reason lets messages wait", async () => {
      const { link, broker } = start();
      void send(link);
      await (await broker.next()).refuse(new ExoError("DRAINING", "This broker is shutting down."));
      void send(link);
      const end = await broker.next();
      await end.welcome();
      assert.equal(end.publishes.length, 2);
    });
  });

  describe("sends", () => {
    it("everything of a tick in one frame, by number, and hears that it was taken", async () => {
      const { link, broker } = start();
      const end = await broker.next();
      await end.welcome();
      const accepted = [send(link, outgoing({ name: "ask", payload: "1" })), send(link, outgoing({ payload: "2" }))];
      await settled();
      const frames = end.frames.filter(({ publishes }) => publishes.length > 0);
      assert.deepEqual(
        frames.map(({ firstSequence, publishes }) => [firstSequence, publishes.map(({ name }) => name)]),
        [[1, [1, 2]]],
      );
      assert.deepEqual(end.payloads, ["1", "2"]);
      await end.confirm(1, 2, [newRefusal({ sequence: 2, reason: "QUEUE_FULL", detail: "later", retryAfterMs: 500 })]);
      assert.deepEqual(await Promise.all(accepted), ["ok", "QUEUE_FULL"]);
      assert.deepEqual(link.pending, { messages: 0, bytes: 0, requests: 0 });
    });

    it("nothing that its role may not send, or that nobody receives", async () => {
      const { link, broker } = start();
      await (await broker.next()).welcome();
      assert.equal(await send(link, outgoing({ name: "made up" })), "NOT_ALLOWED");
      assert.equal(await send(link, outgoing({ name: "unheard" })), "NO_RECEIVERS");
    });

    it("what waited for the broker, in order and before what comes later", async () => {
      const { link, broker } = start({}, ({ kind }) => {
        if (kind === "attached" || kind === "routes") void send(link, outgoing({ payload: "late" }));
      });
      const end = await broker.next();
      for (const payload of ["1", "2", "3"]) void send(link, outgoing({ payload }));
      await end.welcome();
      assert.deepEqual(end.payloads, ["1", "2", "3", "late", "late"]);
      assert.deepEqual(
        end.publishes.map(({ sequence }) => sequence),
        [1, 2, 3, 4, 5],
      );
    });

    it("refuses what waited if the broker's routes do not have it", async () => {
      const { link, broker } = start();
      const waits = send(link, outgoing({ name: "made up" }));
      await (await broker.next()).welcome();
      assert.equal(await waits, "NOT_ALLOWED");
    });

    it("refuses what the broker would break the connection for, at once and after waiting", async () => {
      const { link, broker } = start();
      const auth = Buffer.alloc(1024 * 1024 + 64 * 1024, "1");
      const waits = send(link, outgoing({ auth }));
      const end = await broker.next();
      void send(link, outgoing({ payload: "behind it" }));
      await end.welcome();
      assert.equal(await waits, "PAYLOAD_TOO_LARGE");
      assert.equal(await send(link, outgoing({ auth })), "PAYLOAD_TOO_LARGE");
      assert.deepEqual([end.payloads, link.pending.messages], [["behind it"], 1]);
    });

    it("with what is left of the deadline after waiting for the broker", async () => {
      const { link, broker } = start();
      const end = await broker.next();
      void send(link, outgoing({ deadlineMs: 10_000 }));
      void send(link, outgoing({ deadlineMs: 0 }));
      // Real time passes until the clock has moved, however coarse it is.
      for (const before = performance.now(); performance.now() < before + 5; ) await settled();
      await end.welcome();
      const [limited, unlimited] = end.publishes;
      assert.ok((limited?.lifetimeMs ?? 0) < 9_999 && (limited?.lifetimeMs ?? 0) > 0);
      assert.equal(unlimited?.lifetimeMs, 0);
    });

    it("how long it is of use apart from how long its sender waits for the confirmation", async () => {
      const { link, broker } = start();
      const end = await broker.next();
      await end.welcome();
      const days = 30 * 24 * 3600 * 1000;
      const unconfirmed = send(link, outgoing({ deadlineMs: days, confirmWithinMs: 1 }));
      await settled();
      assert.deepEqual([end.publishes[0]?.lifetimeMs, end.publishes[0]?.confirmWithinMs], [days, 1]);
      assert.equal(await unconfirmed, "BROKER_UNAVAILABLE");
    });

    it("nothing while the broker does not read, and the rest in order when it does again", async () => {
      const { link, broker } = start({ maxOutboxBytes: 100 * 1024 * 1024 });
      const end = await broker.next();
      await end.welcome();
      end.setReading(false);
      const sent = Array.from({ length: 40 }, (_, index) => `${index} ${"x".repeat(100_000)}`);
      for (const payload of sent) {
        void send(link, outgoing({ payload }));
        await settled();
      }
      end.setReading(true);
      await settled();
      await settled();
      assert.deepEqual(end.payloads, sent);
      assert.deepEqual(
        end.publishes.map(({ sequence }) => sequence),
        sent.map((_, index) => index + 1),
      );
    });
  });

  describe("whose outbox", () => {
    it("is full refuses with QUEUE_FULL at once", async () => {
      const { link } = start({ maxOutboxMessages: 2 });
      const waits = [send(link), send(link)];
      assert.equal(await send(link), "QUEUE_FULL");
      link.close();
      assert.deepEqual(await Promise.all(waits), ["DRAINING", "DRAINING"]);
    });

    it("holds a message at its deadline tells BROKER_UNAVAILABLE, and why", async () => {
      const { link, broker } = start();
      await (await broker.next()).break();
      const { promise, resolve } = Promise.withResolvers<Error | undefined>();
      link.send(outgoing({ deadlineMs: 5 }), resolve);
      const error = ExoError.from(await promise);
      assert.equal(error.reason, "BROKER_UNAVAILABLE");
      assert.match(error.detail, /one:4100/);
      assert.equal(link.pending.messages, 0);
    });

    it("holds what the broker does not confirm tells BROKER_UNAVAILABLE at the deadline", async () => {
      const { link, broker } = start();
      const end = await broker.next();
      await end.welcome();
      const { promise, resolve } = Promise.withResolvers<Error | undefined>();
      link.send(outgoing({ deadlineMs: 5 }), resolve);
      const error = ExoError.from(await promise);
      assert.equal(error.reason, "BROKER_UNAVAILABLE");
      assert.doesNotMatch(error.detail, /has been reached yet/);
      await end.confirm(1, 1);
    });
  });
});
