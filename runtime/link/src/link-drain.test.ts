import assert from "node:assert/strict";
import { ExoError } from "@exosphere/proto";
import { outgoing, settled } from "./fixtures/scripted-broker.ts";
import { type StartedLink, startLink } from "./fixtures/start-link.ts";
import type { Link } from "./link.ts";
import type { LinkOptions } from "./link-config.ts";

describe("Link that drains", () => {
  const started: Link[] = [];
  const start = (options: Partial<LinkOptions> = {}): StartedLink => {
    const all = startLink(options);
    started.push(all.link);
    return all;
  };
  afterEach(() => {
    for (const link of started.splice(0)) link.close();
  });
  const never = new AbortController().signal;
  const reasonOf = (error: Error | undefined) => (error ? ExoError.from(error).reason : "ok");

  it("takes nothing more, waits for what is under way, and leaves in order", async () => {
    const { link, broker, statuses } = start({ window: 5 });
    const end = await broker.next();
    await end.welcome();
    const ends: string[] = [];
    link.send(outgoing(), (error) => ends.push(reasonOf(error)));
    const request = link.request(outgoing({ name: "ask", activityId: "one" }), (error) => ends.push(reasonOf(error)));
    const drained = link.drain(never);
    await settled();
    assert.deepEqual(
      end.frames.flatMap(({ credit }) => credit?.window ?? []),
      [0],
    );
    link.send(outgoing(), (error) => ends.push(reasonOf(error)));
    assert.deepEqual(ends.splice(0), ["DRAINING"]);
    await end.confirm(1, 2);
    assert.ok(end.frames.every(({ leave }) => leave === undefined));
    await end.deliver(1, { name: 4, request, activityId: Buffer.from("one") });
    await settled();
    assert.deepEqual(ends, ["ok", "ok"]);
    assert.notEqual(end.frames.at(-1)?.leave, undefined);
    await end.end();
    await drained;
    assert.equal(statuses.at(-1)?.kind, "closed");
  });

  it("is done at once if there is nothing to do and nobody to tell", async () => {
    const { link, broker } = start();
    await broker.next();
    await link.drain(never);
    assert.equal(link.pending.messages, 0);
  });

  it("attaches again for what still waits", async () => {
    const { link, broker } = start();
    const first = await broker.next();
    const ends: string[] = [];
    link.send(outgoing(), (error) => ends.push(reasonOf(error)));
    const drained = link.drain(never);
    await first.break();
    const second = await broker.next();
    assert.equal(second.registration?.credit, 0);
    await second.welcome();
    await second.confirm(1, 1);
    assert.notEqual(second.frames.at(-1)?.leave, undefined);
    await second.break();
    await drained;
    assert.deepEqual(ends, ["ok"]);
  });

  it("is done when what waited for a broker that is away has expired", async () => {
    const { link, broker } = start();
    await broker.next();
    const ends: string[] = [];
    link.send(outgoing({ deadlineMs: 5 }), (error) => ends.push(reasonOf(error)));
    await link.drain(never);
    assert.deepEqual(ends, ["BROKER_UNAVAILABLE"]);
  });

  it("refuses what is left when its time is up, also if it was up before", async () => {
    for (const isLate of [false, true]) {
      const { link, broker } = start();
      const end = await broker.next();
      await end.welcome();
      const ends: string[] = [];
      link.send(outgoing(), (error) => ends.push(reasonOf(error)));
      const grace = new AbortController();
      if (isLate) grace.abort();
      const drained = link.drain(grace.signal);
      grace.abort();
      await drained;
      assert.deepEqual(ends, ["DRAINING"]);
    }
  });

  it("is done when it is closed meanwhile", async () => {
    const { link, broker } = start();
    await (await broker.next()).welcome();
    link.send(outgoing(), () => {});
    const drained = link.drain(never);
    link.close();
    await drained;
  });

  describe("or is closed", () => {
    it("refuses everything at once, once, and for good", async () => {
      const { link, broker, statuses } = start();
      await (await broker.next()).welcome();
      const ends: string[] = [];
      const note = (error: Error | undefined) => ends.push(reasonOf(error));
      link.send(outgoing(), note);
      link.request(outgoing({ name: "ask" }), note);
      link.close();
      link.close();
      link.send(outgoing(), note);
      link.request(outgoing({ name: "ask" }), note);
      assert.deepEqual(ends, ["DRAINING", "DRAINING", "DRAINING", "DRAINING"]);
      assert.equal(statuses.filter(({ kind }) => kind === "closed").length, 1);
      assert.deepEqual(link.pending, { messages: 0, bytes: 0, requests: 0 });
    });

    it("does not attach any more", async () => {
      const { link, broker, statuses } = start();
      await (await broker.next()).break();
      link.close();
      await settled();
      assert.deepEqual(
        statuses.map(({ kind }) => kind),
        ["detached", "closed"],
      );
    });
  });
});
