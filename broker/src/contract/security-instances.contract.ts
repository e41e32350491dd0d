import assert from "node:assert/strict";
import type { Subject } from "./driver.ts";
import { decide, publishPending, unsealed } from "./sealed.ts";

const others = {
  web: { sends: ["users.create"] },
  users: { receives: ["users.create"] },
};
const routes = { security: {}, ...others };

/** Instances of the security role that come and go, and routes that change meanwhile. */
export function securityInstancesCases({ start }: Subject): void {
  describe("with a security role that changes", () => {
    it("spreads the questions over its instances, any of which may give the verdict", async () => {
      const bus = await start(routes);
      const [first, second, web] = [
        await bus.attach("security"),
        await bus.attach("security"),
        await bus.attach("web"),
      ];
      const users = await bus.attach("users");
      await publishPending(web, "users.create");
      await publishPending(web, "users.create");
      const [one, two] = [await first.next(), await second.next()];
      assert.equal(await decide(second, one, "authorized"), "ok");
      assert.equal(await decide(first, two, "authorized"), "ok");
      assert.equal((await users.received()).length, 2);
    });

    it("asks another instance if the one that was asked is lost", async () => {
      const bus = await start(routes);
      const [lost, web] = [await bus.attach("security"), await bus.attach("web")];
      const { decided } = await publishPending(web, "users.create");
      const asked = await lost.next();
      const security = await bus.attach("security");
      await lost.break();
      const again = await security.next();
      assert.deepEqual([again.activity, again.attempt], [asked.activity, 2]);
      await decide(security, again, "authorized");
      assert.equal(await decided, "ok");
    });

    it("does not ask again what was decided", async () => {
      const bus = await start(routes);
      const [lost, web] = [await bus.attach("security"), await bus.attach("web")];
      await publishPending(web, "users.create");
      await decide(lost, await lost.next(), "authorized");
      const security = await bus.attach("security");
      await lost.break();
      assert.deepEqual(await security.received(), []);
    });

    for (const ending of ["failed", "dead"] as const) {
      it(`refuses at once what it ended as ${ending}`, async () => {
        const bus = await start(routes);
        const [security, web] = [await bus.attach("security"), await bus.attach("web")];
        const { decided } = await publishPending(web, "users.create");
        await security.settle(await security.next(), ending);
        assert.equal(await decided, "NO_INSTANCE");
      });
    }

    it("takes a verdict after the question was settled", async () => {
      const bus = await start(routes);
      const [security, web] = [await bus.attach("security"), await bus.attach("web")];
      const { decided } = await publishPending(web, "users.create");
      const question = await security.next();
      await security.done(question);
      await decide(security, question, "authorized");
      assert.equal(await decided, "ok");
    });

    it("delivers what was sent by an instance that has gone since", async () => {
      const bus = await start(routes);
      const [security, web, users] = [await bus.attach("security"), await bus.attach("web"), await bus.attach("users")];
      await publishPending(web, "users.create", { payload: "1" });
      await web.break();
      await decide(security, await security.next(), "authorized");
      assert.equal(unsealed(await users.next()).payload, "1");
    });

    it("refuses what waits when the routes lose the role, and checks no more", async () => {
      const bus = await start(routes);
      const [web, users] = [await bus.attach("web"), await bus.attach("users")];
      const { decided } = await publishPending(web, "users.create");
      await bus.replaceRoutes(others);
      assert.equal(await decided, "NO_INSTANCE");
      assert.equal(await web.publish("users.create"), "ok");
      assert.equal((await users.received()).length, 1);
    });

    it("checks from the moment that the routes name the role, and what had been accepted is delivered", async () => {
      const bus = await start(others);
      const web = await bus.attach("web");
      assert.equal(await web.publish("users.create"), "ok");
      await bus.replaceRoutes(routes);
      const { decided } = await publishPending(web, "users.create");
      const [security, users] = [await bus.attach("security"), await bus.attach("users")];
      assert.equal((await users.received()).length, 1);
      await decide(security, await security.next(), "authorized");
      assert.equal(await decided, "ok");
      assert.equal((await users.received()).length, 1);
    });

    it("goes by the routes of the moment at which a message is released", async () => {
      const bus = await start(routes);
      const [security, web, users] = [await bus.attach("security"), await bus.attach("web"), await bus.attach("users")];
      const { decided } = await publishPending(web, "users.create");
      await bus.replaceRoutes({ ...routes, web: {} });
      await decide(security, await security.next(), "authorized");
      assert.equal(await decided, "NOT_ALLOWED");
      assert.deepEqual(await users.received(), []);
    });
  });
}
