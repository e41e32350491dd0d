import assert from "node:assert/strict";
import type { Subject } from "./driver.ts";

/** Who may send what to whom, and by which name. */
export function rightsCases({ start }: Subject): void {
  describe("rights and names", () => {
    it("refuses a message that the sender's role does not list", async () => {
      const bus = await start({ web: { sends: ["users.list"] }, users: { receives: ["users.create", "users.list"] } });
      const web = await bus.attach("web");
      const users = await bus.attach("users");
      assert.equal(await web.publish("users.create"), "NOT_ALLOWED");
      assert.deepEqual(await users.received(), []);
    });

    it("refuses a message that a role may only receive", async () => {
      const bus = await start({ web: { receives: ["users.listed"] }, users: { sends: ["users.listed"] } });
      const web = await bus.attach("web");
      assert.equal(await web.publish("users.listed"), "NOT_ALLOWED");
    });

    it("refuses a message that no role receives", async () => {
      const bus = await start({ web: { sends: ["users.create"] } });
      const web = await bus.attach("web");
      assert.equal(await web.publish("users.create"), "NO_RECEIVERS");
    });

    it("gives each subscribed role one delivery, whichever instance takes it", async () => {
      const bus = await start({
        web: { sends: ["tweet created"] },
        log: { receives: ["tweet created"] },
        mail: { receives: ["tweet created"] },
      });
      const web = await bus.attach("web");
      const [log, firstMail, secondMail] = [
        await bus.attach("log"),
        await bus.attach("mail"),
        await bus.attach("mail"),
      ];
      assert.equal(await web.publish("tweet created"), "ok");
      assert.equal((await log.received()).length, 1);
      const byMail = [...(await firstMail.received()), ...(await secondMail.received())];
      assert.equal(byMail.length, 1);
    });

    it("does not exclude the sender's own role", async () => {
      const bus = await start({ chat: { sends: ["said"], receives: ["said"] } });
      const chat = await bus.attach("chat");
      assert.equal(await chat.publish("said"), "ok");
      assert.equal((await chat.next()).name, "said");
    });

    it("translates from the sender's own name to each receiver's own", async () => {
      const bus = await start({
        web: { sends: ["users.list"] },
        tweets: {
          sends: ["entry.list"],
          receives: ["create entry"],
          translations: [
            { public: "tweets.created", internal: "entry.list" },
            { public: "tweets.create", internal: "create entry" },
          ],
        },
        api: { sends: ["tweets.create"], receives: ["tweets.created"] },
        audit: {
          receives: ["noted", "tweets.created"],
          translations: [{ public: "tweets.create", internal: "noted" }],
        },
      });
      const [tweets, api, audit] = [await bus.attach("tweets"), await bus.attach("api"), await bus.attach("audit")];
      assert.equal(await api.publish("tweets.create"), "ok");
      assert.equal((await tweets.next()).name, "create entry");
      assert.equal((await audit.next()).name, "noted");
      assert.equal(await tweets.publish("entry.list"), "ok");
      assert.equal((await api.next()).name, "tweets.created");
      assert.equal((await audit.next()).name, "tweets.created");
    });

    it("does not take the public name from a role that has its own", async () => {
      const bus = await start({
        tweets: { sends: ["entry.list"], translations: [{ public: "tweets.list", internal: "entry.list" }] },
        web: { receives: ["tweets.list", "entry.list"] },
      });
      const tweets = await bus.attach("tweets");
      assert.equal(await tweets.publish("tweets.list"), "NOT_ALLOWED");
    });

    it("leaves the payload untouched, to the byte", async () => {
      const bus = await start({ web: { sends: ["raw"] }, sink: { receives: ["raw"] } });
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
      const payload = Uint8Array.from({ length: 256 }, (_, index) => index);
      await web.publish("raw", { payload });
      assert.deepEqual(Uint8Array.from((await sink.next()).bytes), payload);
    });

    it("tells an instance what its role may send and receive, and what has receivers", async () => {
      const bus = await start({
        web: { sends: ["heard", "unheard"], receives: ["news"] },
        sink: { receives: ["heard"] },
      });
      const web = await bus.attach("web");
      assert.deepEqual(await web.names(), { sends: { heard: true, unheard: false }, receives: ["news"] });
    });

    it("refuses an activity id that is empty or too long", async () => {
      const bus = await start({ web: { sends: ["a"] }, sink: { receives: ["a"] } });
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink")];
      assert.equal(await web.publish("a", { activity: "" }), "INVALID_MESSAGE");
      assert.equal(await web.publish("a", { activity: "x".repeat(1021) }), "INVALID_MESSAGE");
      assert.equal(await web.publish("a", { activity: "𝄞".repeat(255) }), "ok");
      assert.equal((await sink.next()).activity, "𝄞".repeat(255));
    });

    it("refuses a payload over the limit", async () => {
      const bus = await start({ web: { sends: ["a"] }, sink: { receives: ["a"] } }, { maxPayloadBytes: 1000 });
      const web = await bus.attach("web");
      assert.equal(await web.publish("a", { payload: new Uint8Array(1000) }), "ok");
      assert.equal(await web.publish("a", { payload: new Uint8Array(1000 + 64 * 1024 + 1) }), "PAYLOAD_TOO_LARGE");
    });
  });
}
