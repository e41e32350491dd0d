import assert from "node:assert/strict";
import { ExoError, newPublish, type Publish } from "@exosphere/proto";
import fc from "fast-check";
import { confirmationGraceMs } from "./deadlines.ts";
import { Outbox } from "./outbox.ts";
import type { OutboxEntry } from "./outbox-entry.ts";

const roomy = { maxOutboxMessages: 100, maxOutboxBytes: 10_000 };

function publish(): Publish {
  return newPublish({
    name: 1,
    activityId: Buffer.from("activity"),
    deadlineMs: 0,
    request: 0,
    cause: 0,
    replyInstance: 0,
    replyRequest: 0,
    replyGuessed: false,
    many: false,
    more: false,
    envelope: Buffer.alloc(0),
  });
}

/** An outbox, and what became of the messages that were put into it. */
function harness(limits = roomy) {
  const outbox = new Outbox(limits, () => ({ detail: "it is away", cause: undefined }));
  let carrier = outbox.carrier();
  const ends: Record<string, string> = {};
  const add = (
    name: string,
    { bytes = 10, dueMs = Number.POSITIVE_INFINITY, queue = outbox.main }: Partial<OutboxEntry> = {},
  ): OutboxEntry => {
    const accepted = (error: Error | undefined) => {
      assert.equal(ends[name], undefined, "told once");
      ends[name] = error ? ExoError.from(error).reason : "ok";
    };
    const entry = {
      name,
      publish: publish(),
      bytes,
      dueMs,
      expiresMs: dueMs,
      accepted,
      queue,
      sequence: 0,
    };
    const full = outbox.add(entry);
    if (full) ends[name] = full.reason;
    return entry;
  };
  const sent = (entry: OutboxEntry) => outbox.sent(entry, carrier);
  const sendAll = (): [string, number][] => [...outbox.main.waiting].map((entry) => [entry.name, sent(entry)]);
  /** The broker refuses one, as FrameReader tells of it. */
  const refused = (sequence: number, error: ExoError) => {
    const entry = carrier.take(sequence);
    assert.ok(entry);
    outbox.refuse(entry, error);
  };
  /** The stream breaks, and there is another. */
  const rewind = (unsent: ReadonlySet<number>) => {
    outbox.rewind(carrier, unsent);
    carrier = outbox.carrier(carrier.lastConfirmed);
  };
  const settleTaken = (
    takenThrough: number,
    undecided: number[] = [],
    refusalOf: (sequence: number) => Error | undefined = () => undefined,
  ) => outbox.settleTaken({ takenThrough, undecided }, carrier, refusalOf);
  return { outbox, ends, add, sendAll, sent, refused, rewind, settleTaken, carried: () => carrier };
}

describe("Outbox", () => {
  const boxes: Outbox[] = [];
  const start = (limits = roomy) => {
    const all = harness(limits);
    boxes.push(all.outbox);
    return all;
  };
  afterEach(() => {
    for (const box of boxes.splice(0)) box.close(new ExoError("DRAINING", "the test is over"));
  });

  it("numbers messages as they are sent, from 1", () => {
    const { add, sendAll } = start();
    for (const name of ["a", "b"]) add(name);
    assert.deepEqual(sendAll(), [
      ["a", 1],
      ["b", 2],
    ]);
  });

  it("tells of runs that were confirmed, apart from those that were refused before", () => {
    const { outbox, ends, add, sendAll, refused, carried } = start();
    for (const name of ["a", "b", "c", "d"]) add(name);
    sendAll();
    refused(2, new ExoError("QUEUE_FULL", "later"));
    carried().settleRun(1, 3);
    carried().settleRun(1, 3);
    assert.deepEqual(ends, { a: "ok", b: "QUEUE_FULL", c: "ok" });
    assert.deepEqual([outbox.messages, outbox.bytes, outbox.confirmedThrough(carried())], [1, 10, 3]);
  });

  it("takes no more messages than it may, whether they wait or are on their way", () => {
    const { ends, add, sendAll } = start({ maxOutboxMessages: 3, maxOutboxBytes: 10_000 });
    add("a");
    sendAll();
    for (const name of ["b", "c", "d"]) add(name);
    assert.deepEqual(ends, { d: "QUEUE_FULL" });
  });

  it("takes no more bytes than it may", () => {
    const { outbox, ends, add } = start({ maxOutboxMessages: 100, maxOutboxBytes: 100 });
    add("a", { bytes: 60 });
    add("b", { bytes: 50 });
    add("c", { bytes: 40 });
    assert.deepEqual([ends, outbox.bytes], [{ b: "QUEUE_FULL" }, 100]);
  });

  it("gives messages up at their deadlines, and those that a broker was given a little later", () => {
    let nowMs = 0;
    let run = () => {};
    const clock = {
      nowMs: () => nowMs,
      after(_delayMs: number, then: () => void) {
        run = then;
        return () => {};
      },
    };
    const outbox = new Outbox(roomy, () => ({ detail: "it is away", cause: undefined }), undefined, clock);
    boxes.push(outbox);
    const told: string[] = [];
    for (const name of ["sent", "waiting"]) {
      const accepted = (error: Error | undefined) => told.push(`${name}: ${error && ExoError.from(error).detail}`);
      const entry = {
        name,
        publish: publish(),
        bytes: 1,
        dueMs: 1000,
        expiresMs: 1000,
        accepted,
        queue: outbox.main,
        sequence: 0,
      };
      outbox.add(entry);
      if (name === "sent") outbox.sent(entry, outbox.carrier());
    }
    nowMs = 1000;
    run();
    assert.deepEqual(told, ["waiting: it is away"]);
    nowMs = 1000 + confirmationGraceMs;
    run();
    assert.deepEqual([told, outbox.messages, outbox.bytes], [["waiting: it is away", "sent: it is away"], 0, 0]);
  });

  describe("whose stream is gone", () => {
    it("has what was sent wait again, before all others and in its order", () => {
      const { outbox, add, sendAll, rewind } = start();
      for (const name of ["a", "b"]) add(name);
      sendAll();
      add("c");
      rewind(new Set());
      assert.deepEqual(
        [...outbox.main.waiting].map(({ name }) => name),
        ["a", "b", "c"],
      );
    });

    it("settles what the same broker took, and gives new sequences to the rest", () => {
      const { ends, add, sendAll, rewind, carried, settleTaken } = start();
      for (const name of ["a", "b", "c", "d"]) add(name);
      sendAll();
      carried().settleRun(1, 1);
      rewind(new Set([4]));
      settleTaken(3, [], (sequence) => (sequence === 2 ? new ExoError("NO_RECEIVERS", "nobody") : undefined));
      assert.deepEqual(ends, { a: "ok", b: "NO_RECEIVERS", c: "ok" });
      assert.deepEqual(sendAll(), [["d", 5]]);
    });

    it("goes on to wait for what the same broker took, but has not decided on", () => {
      const { outbox, ends, add, sendAll, rewind, carried, refused, settleTaken } = start();
      for (const name of ["a", "b", "c"]) add(name);
      sendAll();
      carried().settleRun(3, 3);
      assert.equal(outbox.confirmedThrough(carried()), 0, "one that is confirmed early says nothing of those before");
      rewind(new Set());
      assert.equal(outbox.confirmedThrough(carried()), 0, "nor when they wait again");
      settleTaken(3, [1]);
      assert.deepEqual(ends, { b: "ok", c: "ok" });
      add("d");
      assert.deepEqual(sendAll(), [["d", 4]]);
      refused(1, new ExoError("REFUSED_BY_SECURITY", "no"));
      carried().settleRun(1, 1);
      carried().settleRun(4, 4);
      assert.deepEqual(ends, { a: "REFUSED_BY_SECURITY", b: "ok", c: "ok", d: "ok" });
      assert.deepEqual([outbox.messages, outbox.bytes, outbox.confirmedThrough(carried())], [0, 0, 4]);
    });

    it("does not let sequences fall when only a part of what is sent again reached the next stream", () => {
      const { outbox, add, sendAll, sent, rewind, settleTaken } = start();
      for (const name of ["a", "b"]) add(name);
      sendAll();
      rewind(new Set());
      settleTaken(0);
      // The next stream breaks while the first waits in a frame, and the second still in the outbox.
      const [first] = [...outbox.main.waiting];
      sent(first as OutboxEntry);
      rewind(new Set([first?.sequence ?? 0]));
      settleTaken(0);
      const resent = sendAll();
      assert.deepEqual(
        resent.map(([name]) => name),
        ["a", "b"],
      );
      assert.ok((resent[0]?.[1] ?? 0) < (resent[1]?.[1] ?? 0));
    });

    it("gives up what another life of the broker cannot know, and keeps what was never sent", () => {
      const { outbox, ends, add, sendAll, rewind } = start();
      for (const name of ["a", "b", "c"]) add(name);
      sendAll();
      add("d");
      rewind(new Set([3]));
      outbox.giveUpUncertain();
      assert.deepEqual(ends, { a: "BROKER_UNAVAILABLE", b: "BROKER_UNAVAILABLE" });
      assert.deepEqual(
        sendAll().map(([name]) => name),
        ["c", "d"],
      );
    });

    it("lets those who are told send again without touching what others wait for", () => {
      const { outbox, add, sent, rewind } = start();
      const entry = add("a");
      sent(entry);
      rewind(new Set());
      const again = { ...entry, name: "again", accepted: () => {} };
      const told = { ...entry, accepted: () => outbox.add({ ...again, sequence: 0 }) };
      outbox.refuse(entry, new Error("replaced by the one that sends again"));
      outbox.add(told);
      sent(told);
      rewind(new Set());
      outbox.giveUpUncertain();
      assert.deepEqual(
        [...outbox.main.waiting].map(({ name }) => name),
        ["again"],
      );
    });
  });

  describe("with a second destination", () => {
    const second = (limits = { maxOutboxMessages: 8, maxOutboxBytes: 10_000 }) => {
      const all = start(limits);
      const leaving = all.carried();
      all.outbox.separate(leaving);
      const names = (waiting: Iterable<OutboxEntry>) => [...waiting].map(({ name }) => name);
      /** How many messages a queue takes. */
      const fill = (queue: OutboxEntry["queue"]) => {
        const name = queue === leaving.queue ? "leaving" : "main";
        let taken = 0;
        while (all.ends[`${name} ${taken}`] === undefined) {
          all.add(`${name} ${taken}`, { queue });
          if (all.ends[`${name} ${taken}`] !== "QUEUE_FULL") taken += 1;
        }
        return taken;
      };
      return { ...all, leaving, names, fill };
    };

    it("keeps a quarter of its room for the one while the other is away", () => {
      const { fill, leaving, outbox } = second();
      assert.deepEqual([fill(leaving.queue), fill(outbox.main)], [6, 2]);
      assert.equal(outbox.messages, 8);
    });

    it("keeps a quarter of its bytes for the one while the other is away", () => {
      const { fill, leaving, outbox } = second({ maxOutboxMessages: 1000, maxOutboxBytes: 80 });
      assert.deepEqual([fill(outbox.main), fill(leaving.queue)], [6, 2]);
      assert.equal(outbox.bytes, 80);
    });

    it("counts what was sent to a destination with what waits for it, and gives all room back at its end", () => {
      const { outbox, add, sent, leaving, names, ends } = second();
      const entries = ["1", "2", "3"].map((name) => add(name, { queue: leaving.queue }));
      sent(entries[0] as OutboxEntry);
      sent(entries[1] as OutboxEntry);
      add("main");
      assert.deepEqual([leaving.queue.messages, outbox.main.messages], [3, 1]);
      leaving.settleRun(1, 1);
      assert.deepEqual([ends, leaving.queue.messages], [{ "1": "ok" }, 2]);
      outbox.giveUp(leaving, new Set());
      assert.deepEqual(ends, { "1": "ok", "2": "BROKER_UNAVAILABLE" });
      assert.deepEqual([names(outbox.main.waiting), outbox.main.messages, outbox.messages], [["3", "main"], 2, 2]);
      for (let added = 2; added < 8; added += 1) add(`more ${added}`);
      assert.equal(outbox.messages, 8);
    });

    it("counts a message where it was sent, also if it waited for another", () => {
      const { outbox, add, sent, leaving } = second();
      sent(add("a"));
      assert.deepEqual([outbox.main.messages, leaving.queue.messages, outbox.messages], [0, 1, 1]);
    });
  });

  it("refuses everything at its end", () => {
    const { outbox, ends, add, sent } = start();
    sent(add("sent"));
    add("waiting");
    outbox.close(new ExoError("DRAINING", "over"));
    assert.deepEqual(ends, { sent: "DRAINING", waiting: "DRAINING" });
    assert.deepEqual([outbox.messages, outbox.bytes], [0, 0]);
  });

  it("publishes each message at most once in one life of a broker, in order, and tells of each once", () => {
    const step = fc.oneof(
      { weight: 4, arbitrary: fc.constant("add" as const) },
      { weight: 4, arbitrary: fc.constant("send" as const) },
      { weight: 2, arbitrary: fc.constant("take" as const) },
      { weight: 2, arbitrary: fc.constant("confirm" as const) },
      { weight: 1, arbitrary: fc.constant("break" as const) },
      { weight: 1, arbitrary: fc.constant("restart" as const) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const { outbox, ends, add, sent, rewind, carried, settleTaken } = harness();
        let added = 0;
        let takenThrough = 0;
        let confirmedThrough = 0;
        const onStream: { name: string; sequence: number }[] = [];
        const published: string[] = [];
        const reattach = (isSameLife: boolean) => {
          rewind(new Set(onStream.splice(0).map(({ sequence }) => sequence)));
          if (isSameLife) settleTaken(takenThrough);
          else {
            takenThrough = 0;
            outbox.giveUpUncertain();
          }
        };
        for (const kind of steps) {
          const [waiting] = [...outbox.main.waiting];
          if (kind === "add") add(String(++added));
          else if (kind === "send" && waiting) {
            const sequence = sent(waiting);
            const before = onStream.at(-1)?.sequence ?? takenThrough;
            assert.ok(sequence > before, "sequences rise");
            onStream.push({ name: waiting.name, sequence });
          } else if (kind === "take") {
            // The broker ignores what it has taken before.
            const frame = onStream.shift();
            if (frame && frame.sequence > takenThrough) {
              takenThrough = frame.sequence;
              published.push(frame.name);
            }
          } else if (kind === "confirm" && takenThrough > confirmedThrough) {
            carried().settleRun(confirmedThrough + 1, takenThrough);
            confirmedThrough = takenThrough;
          } else if (kind === "break") reattach(true);
          else if (kind === "restart") reattach(false);
        }
        assert.equal(new Set(published).size, published.length, "nothing twice");
        assert.deepEqual(
          published,
          [...published].sort((a, b) => Number(a) - Number(b)),
          "in order",
        );
        for (const [name, end] of Object.entries(ends))
          if (end === "ok") assert.ok(published.includes(name), "no false ok");
        outbox.close(new ExoError("DRAINING", "over"));
        assert.equal(Object.keys(ends).length, added, "everybody is told");
      }),
      { numRuns: 300 },
    );
  });
});
