import assert from "node:assert/strict";
import { service } from "../service/service.ts";
import { createTestBus } from "./test-bus.ts";

const services = { worker: { receives: ["work", "found"], sends: ["worked", "find"] } };

describe("A test bus that is closed", () => {
  it("has the services that it started run beforeAll and afterAll", async () => {
    const order: string[] = [];
    const bus = createTestBus({ services });
    bus.role("db").replies("find", { name: "found", payload: 7 });
    bus.service(
      "worker",
      { work: () => ({ name: "worked" }) },
      {
        beforeAll: async ({ request }) => void order.push(`found ${(await request("find")).payload}`),
        afterAll: () => void order.push("closed"),
      },
    );
    await bus.role("web").request("work");
    await bus.close();
    assert.deepEqual(order, ["found 7", "closed"]);
  });

  it("tells what an afterAll throws", async () => {
    const bus = createTestBus({ services });
    const { log } = bus.options;
    const failing = bus.service("worker", {}, { afterAll: () => Promise.reject(new Error("still open")), log });
    await failing.ready();
    await assert.rejects(bus.close(), /still open/);
  });

  it("ends what still waits, and keeps nothing alive", async () => {
    const bus = createTestBus({ services });
    service("worker", { work: () => new Promise(() => {}) }, bus.options);
    const asked = assert.rejects(bus.role("web").request("work"), { reason: "DRAINING" });
    await bus.settled();
    await bus[Symbol.asyncDispose]();
    await asked;
    await bus.close();
    await bus.assertNoUnexpected();
  });

  it("can be made again and again: none leaves anything to the next", async () => {
    const timersBefore = process.getActiveResourcesInfo().filter((each) => each === "Timeout").length;
    for (let n = 0; n < 200; n += 1) {
      await using bus = createTestBus({ services });
      bus.service("worker", { work: ({ payload }) => ({ name: "worked", payload }) });
      assert.equal((await bus.role("web").request("work", n)).payload, n);
    }
    const timers = process.getActiveResourcesInfo().filter((each) => each === "Timeout").length;
    assert.ok(timers <= timersBefore + 1, `${timers} timers, ${timersBefore} before`);
  }).timeout(30_000);
});
