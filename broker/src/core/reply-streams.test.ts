import assert from "node:assert/strict";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { CoreBus } from "./testing/core-bus.ts";

const megabyte = 1024 * 1024;
const routes = { web: { sends: ["ask"], receives: ["answer"] }, sink: { sends: ["answer"], receives: ["ask"] } };

describe("requests with many replies", () => {
  it("do not keep what was asked once it is dealt with, though replies may still come", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const bus = new CoreBus(routes);
    const [web, sink] = [bus.attachNow("web"), bus.attachNow("sink")];
    const before = process.memoryUsage().arrayBuffers;
    const ask = (request: number) =>
      web.publishNow("ask", { request, many: true, deadlineMs: 60_000, payload: Buffer.alloc(megabyte) });
    for (let request = 1; request <= 50; request += 1) {
      ask(request);
      await sink.done(await sink.next());
    }
    collect();
    assert.equal(bus.exocom.replyStreams, 50);
    assert.ok(process.memoryUsage().arrayBuffers - before < 10 * megabyte);
  });
});
