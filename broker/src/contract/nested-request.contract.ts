import assert from "node:assert/strict";
import type { Subject } from "./driver.ts";

const routes = {
  a: { sends: ["ask b", "b asked"], receives: ["ask a", "a asked", "note"] },
  b: { sends: ["ask a", "a asked"], receives: ["ask b", "b asked", "note"] },
  web: { sends: ["ask a", "ask b", "note"], receives: ["b asked", "a asked"] },
};

/** Handlers that ask others while they are asked themselves. */
export function nestedRequestCases({ start }: Subject): void {
  describe("handlers that wait for each other", () => {
    it("both get their answers with a window of 1 each", async () => {
      const bus = await start(routes);
      const [a, b, web] = [
        await bus.attach("a", { window: 1 }),
        await bus.attach("b", { window: 1 }),
        await bus.attach("web"),
      ];
      await web.publish("ask a", { activity: "one", request: 1 });
      await web.publish("ask b", { activity: "two", request: 2 });
      const [inA, inB] = [await a.next(), await b.next()];
      await a.publish("ask b", { activity: "one", request: 1, cause: inA });
      await b.publish("ask a", { activity: "two", request: 1, cause: inB });
      const [askedOfA, askedOfB] = [await a.next(), await b.next()];
      await a.publish("b asked", { replyTo: askedOfA });
      await b.publish("a asked", { replyTo: askedOfB });
      assert.deepEqual([(await a.next()).answers, (await b.next()).answers], [1, 1]);
      await a.publish("b asked", { replyTo: inA });
      await b.publish("a asked", { replyTo: inB });
      const answers = (await web.received()).map((each) => each.answers).filter((answered) => answered !== 0);
      assert.deepEqual(answers, [1, 2]);
    });

    it("do not deadlock when one asks back in the same activity", async () => {
      const bus = await start(routes);
      const [a, b, web] = [
        await bus.attach("a", { window: 1 }),
        await bus.attach("b", { window: 1 }),
        await bus.attach("web"),
      ];
      await web.publish("ask a", { activity: "one", request: 1 });
      const outer = await a.next();
      await a.publish("ask b", { activity: "one", request: 1, cause: outer });
      const inB = await b.next();
      await b.publish("ask a", { activity: "one", request: 1, cause: inB });
      const inner = await a.next();
      await a.publish("b asked", { replyTo: inner });
      await a.done(inner);
      assert.equal((await b.next()).answers, 1);
      await b.publish("a asked", { replyTo: inB });
      await b.done(inB);
      assert.equal((await a.next()).answers, 1);
    });

    it("are refused the request that would make a chain of more than sixteen of them", async () => {
      const bus = await start({ loop: { sends: ["ask", "answer"], receives: ["ask", "answer"] } });
      const loop = await bus.attach("loop", { window: 1 });
      assert.equal(await loop.publish("ask", { activity: "one", request: 1 }), "ok");
      let handled = await loop.next();
      for (let request = 2; request <= 17; request += 1) {
        assert.equal(await loop.publish("ask", { activity: "one", request, cause: handled }), "ok");
        handled = await loop.next();
      }
      assert.equal(await loop.publish("ask", { activity: "one", request: 18, cause: handled }), "INVALID_MESSAGE");
      assert.equal(await loop.publish("ask", { activity: "one" }), "ok", "what nobody waits for is not part of it");
      await loop.publish("answer", { replyTo: handled });
      await loop.done(handled);
      assert.equal((await loop.next()).answers, 17);
    });

    it("may follow each other for ever where nobody waits for what they send", async () => {
      const bus = await start({ loop: { sends: ["ask"], receives: ["ask"] } });
      const loop = await bus.attach("loop", { window: 2 });
      await loop.publish("ask", { activity: "one" });
      for (let count = 2; count <= 300; count += 1) {
        const handled = await loop.next();
        assert.equal(await loop.publish("ask", { activity: `${count}`, cause: handled }), "ok");
        await loop.done(handled);
      }
    });

    it("ask back the very instance that waits, although another is free", async () => {
      const bus = await start(routes);
      const first = await bus.attach("a", { window: 1 });
      const [b, web] = [await bus.attach("b"), await bus.attach("web")];
      await web.publish("ask a", { activity: "one", request: 1 });
      const outer = await first.next();
      const second = await bus.attach("a");
      await first.publish("ask b", { activity: "one", request: 1, cause: outer });
      await b.publish("ask a", { activity: "one", request: 1, cause: await b.next() });
      assert.equal((await first.received()).length, 1);
      assert.deepEqual(await second.received(), []);
    });

    it("do not let other messages of the activity pass", async () => {
      const bus = await start(routes);
      const [a, web] = [await bus.attach("a"), await bus.attach("web")];
      await web.publish("ask a", { activity: "one", request: 1 });
      await a.publish("ask b", { activity: "one", request: 1, cause: await a.next() });
      await web.publish("note", { activity: "one" });
      assert.deepEqual(await a.received(), []);
    });

    it("give their slot to others only while they wait", async () => {
      const bus = await start(routes);
      const [a, b, web] = [await bus.attach("a", { window: 1 }), await bus.attach("b"), await bus.attach("web")];
      await web.publish("ask a", { request: 1 });
      const waits = await a.next();
      await a.publish("ask b", { request: 1, cause: waits });
      await web.publish("ask a", { request: 2 });
      const other = await a.next();
      await b.publish("a asked", { replyTo: await b.next() });
      await a.next();
      await a.done(other);
      await web.publish("ask a", { request: 3 });
      assert.deepEqual(await a.received(), []);
      await a.done(waits);
      assert.equal((await a.received()).length, 1);
    });

    it("give no slot away for a request that was refused", async () => {
      const bus = await start({ ...routes, b: {} });
      const [a, web] = [await bus.attach("a", { window: 1 }), await bus.attach("web")];
      await web.publish("ask a");
      const waits = await a.next();
      assert.equal(await a.publish("ask b", { request: 1, cause: waits }), "NO_RECEIVERS");
      await web.publish("ask a");
      assert.deepEqual(await a.received(), []);
    });

    it("give no slot away for a request that no queue had room for", async () => {
      const bus = await start(routes, { maxQueueMessages: 1 });
      const [a, web] = [await bus.attach("a", { window: 1 }), await bus.attach("web")];
      await web.publish("ask b");
      await web.publish("ask a");
      const waits = await a.next();
      assert.equal(await a.publish("ask b", { request: 1, cause: waits }), "QUEUE_FULL");
      await web.publish("ask a");
      assert.deepEqual(await a.received(), []);
    });

    it("take their slot back when nobody waits any more", async () => {
      const bus = await start(routes);
      const [a, web] = [await bus.attach("a", { window: 1 }), await bus.attach("web")];
      await web.publish("ask a");
      const waits = await a.next();
      await a.publish("ask b", { request: 1, cause: waits });
      await a.abandon(1);
      await web.publish("ask a");
      assert.deepEqual(await a.received(), []);
      await a.done(waits);
      assert.equal((await a.received()).length, 1);
    });

    it("go on waiting whatever is made up as an answer, and keep their slot open", async () => {
      const bus = await start(routes);
      const [a, b, web] = [await bus.attach("a", { window: 1 }), await bus.attach("b"), await bus.attach("web")];
      await web.publish("ask a", { activity: "secret" });
      await a.publish("ask b", { activity: "secret", request: 1, cause: await a.next() });
      const asked = await b.next();
      await b.publish("a asked", { replyTo: { ...asked, activity: "made up" } });
      assert.deepEqual(
        (await a.received()).map(({ activity }) => activity),
        ["made up"],
      );
      // One that waits leaves room for one more.
      await web.publish("ask a");
      assert.equal((await a.received()).length, 1);
    });

    it("are not taken for their own earlier attempt when its answer comes", async () => {
      const bus = await start(routes);
      const [first, b, web] = [await bus.attach("a", { window: 1 }), await bus.attach("b"), await bus.attach("web")];
      await web.publish("ask a");
      const once = await first.next();
      await first.publish("ask b", { request: 1, cause: once });
      await first.settle(once, "retry");
      await bus.advance(200);
      const again = await first.next();
      await first.publish("ask b", { request: 2, cause: again });
      // The answer that the first attempt waited for comes while the second waits for its own.
      const [forOnce] = await b.received();
      await b.publish("a asked", { replyTo: forOnce ?? assert.fail() });
      assert.equal((await first.next()).answers, 1);
      await web.publish("ask a");
      assert.equal((await first.received()).length, 1);
    });
  });
}
