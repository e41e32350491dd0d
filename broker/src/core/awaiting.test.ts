import assert from "node:assert/strict";
import { handlerNumber } from "@exosphere/frames";
import { publishOf } from "../contract/publish-of.ts";
import { sealed } from "../contract/sealed.ts";
import { CoreBus } from "./testing/core-bus.ts";

const routes = { web: { sends: ["note"] }, sink: { receives: ["note"] } };
const payload = sealed({ id: "head" });

/** A bus where `sink` works on the message "head" of the activity "one", and what publishes a request beside it. */
async function busWithHead() {
  const bus = new CoreBus(routes);
  const [web, sink] = [bus.attachNow("web"), bus.attachNow("sink")];
  web.publishNow("note", { activity: "one", payload });
  const head = await sink.next();
  const ask = (request: number, ...awaiting: number[]) =>
    bus.exocom.publish(web.instance, { ...publishOf(1, { activity: "one", request }), awaiting });
  return { sink, head, ask };
}

describe("a message that handlers wait for", () => {
  it("passes the head of its lane if the handler of the head is among them", async () => {
    const { sink, ask } = await busWithHead();
    const awaiting = [1, handlerNumber("sink", "one", "head"), 2];
    assert.equal(ask(1, ...awaiting), undefined);
    const [passed] = await sink.received();
    assert.deepEqual(passed?.awaiting, awaiting);
  });

  it("waits behind the head if its handler is not, whatever else is like it", async () => {
    const { sink, head, ask } = await busWithHead();
    const others = [
      handlerNumber("sink", "one", "other"),
      handlerNumber("sink", "two", "head"),
      handlerNumber("web", "one", "head"),
    ];
    ask(1, ...others);
    assert.deepEqual(await sink.received(), []);
    await sink.done(head);
    assert.equal((await sink.received()).length, 1);
  });

  it("waits behind the head if nobody waits for an answer to it", async () => {
    const { sink, ask } = await busWithHead();
    ask(0, handlerNumber("sink", "one", "head"));
    assert.deepEqual(await sink.received(), []);
  });

  it("waits behind a head that has no id, whoever claims to wait", async () => {
    const bus = new CoreBus(routes);
    const [web, sink] = [bus.attachNow("web"), bus.attachNow("sink")];
    web.publishNow("note", { activity: "one", payload: Buffer.from([255]) });
    await sink.next();
    for (const awaiting of [[0], [handlerNumber("sink", "one", "")]])
      bus.exocom.publish(web.instance, { ...publishOf(1, { activity: "one", request: 1 }), awaiting });
    assert.deepEqual(await sink.received(), []);
  });

  it("is refused if more than sixteen of them do", async () => {
    const { ask } = await busWithHead();
    const numbers = Array.from({ length: 17 }, (_, index) => index + 1);
    assert.equal(ask(1, ...numbers.slice(1)), undefined);
    const refused = ask(2, ...numbers);
    assert.match(refused && "detail" in refused ? refused.detail : "", /nested more than 16 deep/);
  });
});
