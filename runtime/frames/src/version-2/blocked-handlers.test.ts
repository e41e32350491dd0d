import assert from "node:assert/strict";
import { BlockedHandlers } from "./blocked-handlers.ts";

const activity = Buffer.from("one");
let sequence = 0;

describe("BlockedHandlers", () => {
  it("count a handler once, whatever it asks, until the last of its requests is over", () => {
    const blocked = new BlockedHandlers();
    for (const request of [1, 2, 3]) blocked.block(request, 7, activity, ++sequence);
    assert.equal(blocked.size, 1);
    blocked.unblock(1);
    blocked.unblock(2);
    assert.equal(blocked.size, 1);
    blocked.unblock(3);
    assert.equal(blocked.size, 0);
  });

  it("forget the requests of a handler that ended without their answers", () => {
    const blocked = new BlockedHandlers();
    for (const request of [1, 2, 3, 4, 5]) blocked.block(request, 7, activity, ++sequence);
    blocked.block(6, 8, activity, ++sequence);
    blocked.settled(7);
    assert.equal(blocked.size, 1);
    blocked.block(1, 7, activity, ++sequence);
    blocked.unblock(2);
    assert.equal(blocked.size, 2);
  });

  it("count a request once whose number is used twice", () => {
    const blocked = new BlockedHandlers();
    blocked.block(1, 7, activity, ++sequence);
    blocked.block(1, 8, activity, ++sequence);
    assert.equal(blocked.size, 1);
    blocked.unblock(1);
    assert.equal(blocked.size, 0);
  });

  it("believe what is said of a request only in its activity", () => {
    const blocked = new BlockedHandlers();
    blocked.block(1, 7, activity, ++sequence);
    blocked.unblock(1, Buffer.from("made up"));
    assert.equal(blocked.size, 1);
    blocked.unblock(1, Buffer.from("one"));
    assert.equal(blocked.size, 0);
  });

  it("forget a request whose publish was refused", () => {
    const blocked = new BlockedHandlers();
    blocked.block(1, 7, activity, 41);
    blocked.block(2, 8, activity, 42);
    blocked.refused(43);
    blocked.refused(42);
    assert.equal(blocked.size, 1);
    blocked.unblock(1);
    blocked.refused(41);
    assert.equal(blocked.size, 0);
  });

  it("know sixteen requests of each handler, and no more", () => {
    const blocked = new BlockedHandlers();
    for (let request = 1; request <= 1000; request += 1)
      blocked.block(request, 7 + (request % 2), activity, ++sequence);
    assert.equal(blocked.requests, 32);
    for (let request = 1; request <= 32; request += 1) blocked.unblock(request, activity);
    assert.deepEqual([blocked.size, blocked.requests], [0, 0]);
  });

  it("keep nothing of the activity of a request, which may be as long as a frame", () => {
    const blocked = new BlockedHandlers();
    const before = process.memoryUsage().arrayBuffers;
    for (let request = 1; request <= 16; request += 1)
      blocked.block(request, 7, Buffer.alloc(4_000_000, 7), ++sequence);
    assert.ok(process.memoryUsage().arrayBuffers - before < 64_000_000 + 16_000_000);
    assert.equal(blocked.size, 1);
  });
});
