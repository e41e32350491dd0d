import assert from "node:assert/strict";
import type { Subject } from "./driver.ts";

/** Roles that never attach. */
const absent = Array.from({ length: 5 }, (_, index) => `absent ${index}`);
const receivers = Object.fromEntries(absent.map((role) => [role, { receives: [`for ${role}`] }]));
const routes = {
  web: { sends: ["note", "ask", ...absent.map((role) => `for ${role}`)], receives: ["answer"] },
  sink: { sends: ["answer", "ask"], receives: ["note", "ask", "answer"] },
  ...receivers,
};
/** What a message counts for beside its payload. */
const overhead = 1536;

/** What all roles together may have waiting, and with their instances. */
export function memoryCases({ start }: Subject): void {
  describe("memory", () => {
    /** Publishes until it is refused; returns how many messages were taken. */
    const fill = async (publish: () => Promise<string>) => {
      for (let taken = 0; ; taken += 1) {
        const end = await publish();
        if (end === "ok") continue;
        assert.equal(end, "QUEUE_FULL");
        return taken;
      }
    };

    it("refuses with QUEUE_FULL what is beyond the bound of all roles, and other roles still get through", async () => {
      const bus = await start(routes, { maxTotalBytes: 120 * overhead });
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink", { window: 100 })];
      const taken = [];
      for (const role of absent) taken.push(await fill(() => web.publish(`for ${role}`)));
      assert.equal(taken[0], 30, "one role alone may have a quarter of the bound");
      for (const count of taken) assert.ok(count > 0);
      assert.equal(await web.publish("note"), "ok");
      await sink.done(await sink.next());
      assert.equal(await web.publish("note"), "ok");
    });

    it("counts what instances have not settled, and takes more once they have", async () => {
      const bus = await start(routes, { maxTotalBytes: 40 * overhead });
      const [web, sink] = [await bus.attach("web"), await bus.attach("sink", { window: 100 })];
      assert.equal(await fill(() => web.publish("note")), 10);
      const deliveries = await sink.received();
      assert.equal(deliveries.length, 10);
      for (const delivery of deliveries) await sink.done(delivery);
      assert.equal(await fill(() => web.publish("note")), 10);
    });

    it("keeps room for replies beside a full queue, and bounds those that nobody settles", async () => {
      const bus = await start(routes, { maxTotalBytes: 128 * overhead });
      const sink = await bus.attach("sink", { window: 1 });
      let request = 0;
      const asked = await fill(() => sink.publish("ask", { request: ++request }));
      assert.equal(asked, 32);
      let replies = 0;
      const reply = await sink.next();
      const answered = await fill(async () => {
        replies += 1;
        return sink.publish("answer", { replyTo: { ...reply, replyRequest: replies } });
      });
      assert.ok(answered > 0 && answered < 32, String(answered));
    });

    it("counts activity ids that are longer than usual", async () => {
      const bus = await start(routes, { maxTotalBytes: 40 * overhead });
      const web = await bus.attach("web");
      let count = 0;
      const taken = await fill(() => web.publish("note", { activity: `${++count}`.padStart(255, "x") }));
      assert.ok(taken < 10, String(taken));
    });
  });
}
