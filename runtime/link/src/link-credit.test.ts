import assert from "node:assert/strict";
import { handlerNumber } from "@exosphere/frames";
import { newRefusal, newUndeliverable } from "@exosphere/proto";
import fc from "fast-check";
import { type BrokerEnd, outgoing, settled } from "./fixtures/scripted-broker.ts";
import { startLink } from "./fixtures/start-link.ts";
import type { Incoming } from "./incoming.ts";
import type { Link } from "./link.ts";

const one = Buffer.from("one");
const windowOf = ({ frames }: BrokerEnd) => frames.findLast(({ credit }) => credit)?.credit?.window;

describe("Link whose handlers wait for replies", () => {
  const started: Link[] = [];
  const start = async (window = 2) => {
    const all = startLink({ window });
    started.push(all.link);
    const end = await all.broker.next();
    await end.welcome();
    return { ...all, end };
  };
  afterEach(() => {
    for (const link of started.splice(0)) link.close();
  });
  const ask = (link: Link, handling: Incoming | undefined, fields = {}) =>
    link.request(outgoing({ name: "ask", activityId: "one", handling, ...fields }), () => {});

  it("gives a handler's slot to others in the frame of its request, and takes it back with the reply", async () => {
    const { link, end, deliveries } = await start();
    await end.deliver(1, { of: { id: Buffer.from("m") } });
    const before = end.frames.length;
    const request = ask(link, deliveries[0]);
    await settled();
    assert.equal(end.frames.length, before + 1);
    assert.deepEqual([windowOf(end), end.publishes[0]?.awaiting], [3, [handlerNumber("web", "activity", "m")]]);
    await end.deliver(2, { name: 4, request, activityId: one });
    assert.equal(windowOf(end), 2);
  });

  it("names those that wait for its handler before it", async () => {
    const { link, end, deliveries } = await start();
    const awaiting = [7, 2 ** 53 - 1];
    await end.deliver(1, { awaiting, of: { id: Buffer.from("m") } });
    for (let requests = 0; requests < 2; requests += 1) ask(link, deliveries[0]);
    await settled();
    const chain = [...awaiting, handlerNumber("web", "activity", "m")];
    assert.deepEqual(
      end.publishes.map(({ awaiting: each }) => each),
      [chain, chain],
    );
  });

  it("counts a handler once, however many replies it waits for", async () => {
    const { link, end, deliveries } = await start();
    await end.deliver(1, {});
    const [first, second] = [ask(link, deliveries[0]), ask(link, deliveries[0])];
    await settled();
    assert.equal(windowOf(end), 3);
    link.abandon(first);
    await settled();
    assert.equal(windowOf(end), 3);
    link.abandon(second);
    await settled();
    assert.equal(windowOf(end), 2);
  });

  it("takes the slot back when the handler ends before its requests, and says nothing of it afterwards", async () => {
    const { link, end, deliveries } = await start();
    await end.deliver(1, {});
    const request = ask(link, deliveries[0]);
    await settled();
    link.done(deliveries[0] as Incoming);
    await settled();
    assert.equal(windowOf(end), 2);
    const late = ask(link, deliveries[0]);
    await settled();
    assert.deepEqual([windowOf(end), end.publishes.at(-1)?.awaiting], [2, []]);
    for (const each of [request, late]) link.abandon(each);
    await settled();
    assert.equal(windowOf(end), 2);
  });

  it("takes the slot back when a request fails at once", async () => {
    const { link, end, deliveries } = await start();
    await end.deliver(1, {});
    ask(link, deliveries[0], { name: "unheard" });
    ask(link, deliveries[0], { payload: "x".repeat(2 * 1024 * 1024) });
    await settled();
    assert.ok([undefined, 2].includes(windowOf(end)));
  });

  it("gives no further probes of an app that keeps failing because its handlers wait", async () => {
    const { link, end, deliveries } = await start();
    await end.deliver(1, {});
    link.setFailing({ failing: true, probes: 1 });
    await settled();
    const before = end.frames.length;
    ask(link, deliveries[0]);
    await settled();
    assert.deepEqual(
      end.frames.slice(before).flatMap(({ credit }) => credit ?? []),
      [],
    );
    link.setFailing({ failing: false, probes: 0 });
    await settled();
    assert.equal(windowOf(end), 3);
  });

  it("never gives more credit than its window and a slot for each handler that waits, and takes all of that back", async () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ kind: fc.constant("deliver" as const) }) },
      { weight: 4, arbitrary: fc.record({ kind: fc.constant("ask" as const), nth: fc.nat(9) }) },
      { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom("reply", "fail", "abandon", "refuse"), nth: fc.nat(9) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("done", "settle"), nth: fc.nat(9) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("window" as const), nth: fc.nat(4) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("break" as const) }) },
    ); // biome-ignore format: a table
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const { link, broker, end: first, deliveries } = await start();
        let [end, window, given, number] = [first, 2, 2, 0];
        /** Deliveries of this stream, and any, whose handlers are at work; each with its open requests. */
        let onStream = new Set<Incoming>();
        const working = new Map<Incoming, Set<number>>();
        const open = new Map<number, Incoming>();
        const ended = (request: number) => {
          working.get(open.get(request) as Incoming)?.delete(request);
          open.delete(request);
        };
        const waiting = () => [...onStream].filter((each) => (working.get(each)?.size ?? 0) > 0).length;
        for (const { kind, nth = 0 } of steps as { kind: string; nth?: number }[]) {
          const incoming = [...working.keys()].at(nth % Math.max(1, working.size));
          const request = [...open.keys()].at(nth % Math.max(1, open.size));
          const heard = end.frames.length;
          const most = Math.max(window, kind === "window" ? nth : 0) + waiting() + (kind === "ask" ? 1 : 0);
          if (kind === "deliver") {
            number += 1;
            await end.deliver(number, { of: { id: Buffer.from(`${number}`) } });
            const came = deliveries.at(-1) as Incoming;
            working.set(came, new Set());
            onStream.add(came);
          } else if (kind === "ask" && incoming) {
            const asked = link.request(outgoing({ name: "ask", activityId: "one", handling: incoming }), () => ended(asked)); // biome-ignore format: one line
            working.get(incoming)?.add(asked);
            open.set(asked, incoming);
          } else if (kind === "reply" && request) {
            number += 1;
            await end.deliver(number, { name: 4, request, activityId: one });
          } else if (kind === "fail" && request) {
            await end.send({ undeliverables: [newUndeliverable({ request, reason: "NO_INSTANCE" })] });
          } else if (kind === "refuse" && request) {
            const sequence = end.publishes.find((publish) => publish.request === request)?.sequence;
            if (sequence) await end.confirm(sequence, sequence, [newRefusal({ sequence, reason: "QUEUE_FULL" })]);
          } else if (kind === "abandon" && request) {
            link.abandon(request);
            ended(request);
          } else if ((kind === "done" || kind === "settle") && incoming) {
            if (kind === "done") link.done(incoming);
            else link.settle(incoming, { outcome: "failed", retryAfterMs: 0, detail: "" });
            working.delete(incoming);
            onStream.delete(incoming);
          } else if (kind === "window") {
            window = nth;
            link.setWindow(window);
          } else if (kind === "break") {
            await end.break();
            end = await broker.next();
            await end.welcome();
            onStream = new Set();
            given = end.registration?.credit ?? -1;
          }
          await settled();
          for (const { credit } of kind === "break" ? end.frames : end.frames.slice(heard)) {
            if (!credit) continue;
            given = credit.window;
            assert.ok(given <= most, "no more than the window and those that wait, at any time");
          }
          assert.equal(given, window === 0 ? 0 : window + waiting());
        }
        link.close();
      }),
      { numRuns: 60 },
    );
  });
});
