import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { freePorts } from "./free-ports.ts";

describe("freePorts", () => {
  it("finds different ports that can be listened on", async () => {
    const ports = await freePorts(20);
    assert.equal(new Set(ports).size, 20);
    const server = createServer().listen(ports[0], "127.0.0.1");
    await once(server, "listening");
    server.close();
  });

  it("finds them where no outgoing connection takes them meanwhile", async () => {
    for (const port of await freePorts(50)) assert.ok(port >= 10_000 && port < 32_768, String(port));
  });

  it("finds none if none are wanted", async () => {
    assert.deepEqual(await freePorts(0), []);
  });
});
