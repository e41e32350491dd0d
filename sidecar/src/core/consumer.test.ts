import assert from "node:assert/strict";
import { Consumer } from "./consumer.ts";

describe("the consumer of a sidecar", () => {
  it("is of the kind that was first, and refuses the others", () => {
    const consumer = new Consumer();
    assert.deepEqual([consumer.claim("inbox"), consumer.claim("socket"), consumer.claim("inbox")], [true, false, true]);
    assert.equal(consumer.kind, "inbox");
  });

  it("has claimed nothing if it goes before it was given a delivery", () => {
    const events: string[] = [];
    const consumer = new Consumer({ claimed: (kind) => events.push(kind), released: () => events.push("released") });
    consumer.claim("inbox");
    consumer.release("websocket");
    assert.equal(consumer.kind, "inbox");
    consumer.release("inbox");
    assert.equal(consumer.claim("socket"), true);
    assert.deepEqual(events, ["inbox", "released", "socket"]);
  });

  it("keeps its kind once it was given a delivery", () => {
    const consumer = new Consumer();
    consumer.claim("inbox");
    consumer.confirm();
    consumer.release("inbox");
    assert.equal(consumer.claim("socket"), false);
  });

  it("may be of another kind once the app was exchanged, whatever it was given", () => {
    const consumer = new Consumer();
    consumer.claim("http");
    consumer.confirm();
    consumer.renew();
    assert.deepEqual([consumer.claim("socket"), consumer.claim("http")], [true, false]);
  });
});
