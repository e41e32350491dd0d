import assert from "node:assert/strict";
import { Feed } from "./feed.ts";
import { Session } from "./session.ts";

function start({ offset = 0, kept = 0 } = {}) {
  const session = new Session("s", "i");
  const push = (bytes = 10) =>
    session.window.append({ body: "}", bytes, id: "", atMs: 0, returnPath: undefined, awaited: undefined });
  for (let count = 0; count < kept; count += 1) push();
  const sink = { waitingBytes: 0, offsets: [] as number[], push: (each: number) => void sink.offsets.push(each) };
  const feed = new Feed(session, sink, { maxWaitingBytes: 100, maxBacklogBytes: 50 }, offset);
  return { session, sink, feed, push };
}

describe("Feed", () => {
  it("brings what is missed, and then what is live", () => {
    const { feed, sink, push } = start({ offset: 2, kept: 4 });
    assert.ok(feed.pump());
    push();
    assert.ok(feed.pump());
    assert.deepEqual(sink.offsets, [3, 4, 5]);
  });

  it("holds back while the connection does not take it, and calls who is too far behind slow", () => {
    const { feed, sink, push } = start();
    sink.waitingBytes = 100;
    for (let count = 0; count < 5; count += 1) push();
    assert.ok(feed.pump());
    push();
    assert.ok(!feed.pump());
    assert.deepEqual(sink.offsets, []);
  });

  it("gives who comes back time for what was missed", () => {
    const { feed, sink, push } = start({ kept: 100 });
    sink.waitingBytes = 100;
    assert.ok(feed.pump());
    push();
    assert.ok(feed.pump());
    sink.waitingBytes = 0;
    feed.pump();
    assert.equal(sink.offsets.length, 101);
  });

  it("leaves out what was confirmed elsewhere, but never what is gone", () => {
    const { session, feed, sink } = start({ kept: 3 });
    session.window.dropOldest();
    session.acked = 1;
    assert.ok(feed.pump());
    assert.deepEqual(sink.offsets, [2, 3]);
    const other = start({ kept: 3 });
    other.session.window.dropOldest();
    assert.ok(!other.feed.pump());
  });
});
