import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { systemClock } from "./clock.ts";
import { DeadlineWatch } from "./deadline-watch.ts";

describe("A deadline that passes while the event loop is busy", () => {
  it("is looked at only after what has arrived meanwhile was read", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const client = connect((server.address() as AddressInfo).port, "127.0.0.1");
    const [accepted] = await once(server, "connection");
    const happened: string[] = [];
    accepted.on("data", () => happened.push("answer"));
    const { promise: swept, resolve } = Promise.withResolvers<void>();
    const watch = new DeadlineWatch(() => {
      happened.push("deadline");
      resolve();
      return Number.POSITIVE_INFINITY;
    });
    watch.watch(systemClock.nowMs() + 5);
    client.write("x");
    const busyUntilMs = systemClock.nowMs() + 50;
    while (systemClock.nowMs() < busyUntilMs);
    await swept;
    assert.deepEqual(happened, ["answer", "deadline"]);
    client.destroy();
    server.close();
  });
});
