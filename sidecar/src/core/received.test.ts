import assert from "node:assert/strict";
import { incomingWith, pathTo } from "./incoming.fixture.ts";
import { ReceivedMessages } from "./received.ts";

/** What an app received, by what matters here: a request has a number to reply to. */
function receive(received: ReceivedMessages, id: string, activityId: string, request = 0) {
  return received.add(incomingWith({ id, activityId, ...(request > 0 && { returnPath: pathTo(request) }) }));
}

describe("what an app received", () => {
  it("is owed a reply for as long as somebody waits for it", () => {
    const received = new ReceivedMessages();
    assert.equal(received.owes(0), false);
    received.handled(receive(received, "told", "a"));
    assert.equal(received.owes(0), false);
    for (const [id, reply] of [
      ["asked", (request: ReturnType<typeof receive>) => received.repliedTo(request)],
      ["guessed", () => received.byActivity("guessed")],
    ] as const) {
      const request = received.add(incomingWith({ id, activityId: id, returnPath: pathTo(1), dueMs: 100 }));
      received.handled(request);
      assert.deepEqual([received.owes(99), received.owes(100)], [true, false]);
      reply(request);
      assert.equal(received.owes(99), false);
    }
  });

  it("is found by id, and keeps auth and return path", () => {
    const received = new ReceivedMessages();
    received.add(incomingWith({ id: "m", activityId: "a", auth: '{"user":7}', returnPath: pathTo(3) }));
    const found = received.byId("m");
    assert.equal(found?.activityId, "a");
    assert.deepEqual(found?.returnPath, pathTo(3));
    assert.equal(Buffer.from(found?.auth ?? []).toString(), '{"user":7}');
    assert.equal(received.byId("other"), undefined);
  });

  it("is forgotten, the oldest first, where there is too much auth with it", () => {
    const received = new ReceivedMessages();
    const auth = JSON.stringify("x".repeat(64 * 1024 - 2));
    for (let nth = 0; nth < 10_300; nth += 1)
      received.add(incomingWith({ id: `m${nth}`, activityId: `a${nth}`, auth }));
    const kept = Array.from({ length: 10_300 }, (_, nth) => received.byId(`m${nth}`) !== undefined);
    assert.deepEqual([kept.indexOf(true), kept.lastIndexOf(false)], [10_300 - 256, 10_300 - 257]);
    assert.equal(received.handling("a10299")?.number, 7);
    assert.equal(received.handling("a1"), undefined);
  });

  it("is found by id after the app has answered, and more than once", () => {
    const received = new ReceivedMessages();
    const message = receive(received, "m", "a", 3);
    received.handled(message);
    assert.equal(received.byId("m"), message);
    assert.equal(received.byId("m"), message);
  });

  it("is told from another of the same id by its activity", () => {
    const received = new ReceivedMessages();
    const first = receive(received, "1", "a", 3);
    const second = receive(received, "1", "b", 4);
    assert.equal(received.byId("1", "a"), first);
    assert.equal(received.byId("1", "b"), second);
    assert.equal(received.byId("1"), second);
  });

  it("does not keep alive the frame that its auth came in", () => {
    const frame = new Uint8Array(1_000_000);
    const received = new ReceivedMessages();
    const { envelope, ...rest } = incomingWith();
    const found = received.add({ ...rest, envelope: { ...envelope, auth: frame.subarray(0, 4) } });
    assert.equal(found.auth.buffer.byteLength, 4);
  });

  it("is forgotten, the oldest first, once there are 10,000 others", () => {
    const received = new ReceivedMessages();
    receive(received, "first", "of first", 1);
    for (let index = 1; index < 10_000; index += 1) receive(received, `m${index}`, `a${index}`, index);
    assert.equal(received.byActivity("of first")?.id, "first");
    receive(received, "one more", "of one more");
    assert.deepEqual([received.byId("first"), received.byActivity("of first")], [undefined, undefined]);
    assert.equal(received.byId("m1")?.id, "m1");
  });

  it("is forgotten as well where all have the same id", () => {
    const received = new ReceivedMessages();
    for (let index = 0; index <= 10_000; index += 1) receive(received, "1", `a${index}`, index + 1);
    assert.equal(received.byActivity("a0"), undefined);
    assert.equal(received.byActivity("a1")?.activityId, "a1");
    assert.equal(received.byId("1")?.activityId, "a10000");
  });
});

describe("what a message in an activity may reply to", () => {
  it("is a request that the app received in it", () => {
    const received = new ReceivedMessages();
    const request = receive(received, "m", "a", 3);
    assert.equal(received.byActivity("a"), request);
    assert.equal(received.byActivity("b"), undefined);
  });

  it("is a message that nobody waits for an answer to, once, and the latest first", () => {
    const received = new ReceivedMessages();
    const [first, second] = [receive(received, "m1", "a"), receive(received, "m2", "a")];
    received.handled(first);
    assert.deepEqual([received.byActivity("a"), received.byActivity("a")], [second, first]);
    assert.equal(received.byActivity("a"), undefined);
    assert.equal(received.byActivity("b"), undefined);
  });

  it("is no message that was replied to by its id, nor one that is forgotten", () => {
    const received = new ReceivedMessages();
    received.repliedTo(receive(received, "m", "a"));
    assert.equal(received.byActivity("a"), undefined);
    receive(received, "old", "b");
    for (let index = 0; index < 10_000; index += 1) receive(received, `m${index}`, "c");
    assert.equal(received.byActivity("b"), undefined);
    assert.equal(received.byActivity("c")?.id, "m9999");
  });

  it("is rather a request that somebody waits for", () => {
    const received = new ReceivedMessages();
    const request = receive(received, "asked", "a", 3);
    const told = receive(received, "told", "a");
    assert.equal(received.byActivity("a"), request);
    received.repliedTo(request);
    assert.equal(received.byActivity("a"), told);
  });

  it("is a request that the app answered without a reply: it may come later", () => {
    const received = new ReceivedMessages();
    const request = receive(received, "m", "a", 3);
    received.handled(request);
    assert.equal(received.byActivity("a"), request);
  });

  it("is no request that was replied to by its id", () => {
    const received = new ReceivedMessages();
    const request = receive(received, "m", "a", 3);
    received.repliedTo(request);
    assert.equal(received.byActivity("a"), undefined);
    received.handled(request);
    assert.equal(received.byActivity("a"), undefined);
  });

  it("is still the request if what was sent before may have been no reply", () => {
    const received = new ReceivedMessages();
    const request = receive(received, "m", "a", 3);
    assert.equal(received.byActivity("a"), request);
    received.handled(request);
    assert.equal(received.byActivity("a"), request);
    assert.equal(received.byActivity("a"), request);
  });

  it("is the latest of several", () => {
    const received = new ReceivedMessages();
    receive(received, "m1", "a", 3);
    const second = receive(received, "m2", "a", 4);
    assert.equal(received.byActivity("a"), second);
  });

  it("is the outer request again once the inner one is dealt with", () => {
    const received = new ReceivedMessages();
    const outer = receive(received, "m1", "a", 3);
    const inner = receive(received, "m2", "a", 4);
    assert.equal(received.byActivity("a"), inner);
    received.handled(inner);
    assert.equal(received.byActivity("a"), outer);
  });

  it("is one request after the other where the app replies to all of them later", () => {
    const received = new ReceivedMessages();
    const requests = [1, 2, 3].map((number) => receive(received, `m${number}`, "a", number));
    for (const request of requests) received.handled(request);
    const found = [1, 2, 3].map(() => received.byActivity("a"));
    assert.deepEqual(found, requests.toReversed());
  });
});

describe("the delivery that an app handles in an activity", () => {
  it("is the one that it has not answered", () => {
    const received = new ReceivedMessages();
    const message = received.add(incomingWith({ number: 7, activityId: "a" }));
    assert.equal(received.handling("a")?.number, 7);
    received.handled(message);
    assert.deepEqual(
      [received.handling("a"), received.handling("b"), received.handling(undefined)],
      [undefined, undefined, undefined],
    );
  });

  it("is the inner of two, then the outer again", () => {
    const received = new ReceivedMessages();
    const outer = received.add(incomingWith({ id: "m1", number: 7, activityId: "a" }));
    const inner = received.add(incomingWith({ id: "m2", number: 8, activityId: "a" }));
    assert.equal(received.handling("a")?.number, 8);
    received.handled(inner);
    assert.equal(received.handling("a")?.number, 7);
    received.handled(outer);
    assert.equal(received.handling("a"), undefined);
  });

  it("is not one that waits to be replied to later", () => {
    const received = new ReceivedMessages();
    const outer = received.add(incomingWith({ id: "m1", number: 7, activityId: "a" }));
    received.handled(received.add(incomingWith({ id: "m2", number: 8, activityId: "a", returnPath: pathTo(3) })));
    assert.equal(received.handling("a")?.number, 7);
    received.handled(outer);
    assert.equal(received.handling("a"), undefined);
  });
});
