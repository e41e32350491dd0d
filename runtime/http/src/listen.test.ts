import assert from "node:assert/strict";
import { createServer } from "node:http";
import { StartError } from "@exosphere/process";
import { whileServing } from "./exchange.fixture.ts";
import { listen, startErrorOf } from "./listen.ts";

const where = { host: "127.0.0.1", port: 4200, setting: "--port" };

describe("listening", () => {
  it("resolves to the port that was bound", async () => {
    const server = createServer();
    const port = await listen(server, { ...where, port: 0 });
    assert.ok(port > 0);
    assert.equal(server.listenerCount("error"), 0);
    await new Promise((resolve) => server.close(resolve));
  });

  it("names a port that is taken, and the setting", async () => {
    await whileServing(
      () => {},
      async (port) => {
        await assert.rejects(listen(createServer(), { ...where, port }), (error) => {
          assert.ok(error instanceof StartError);
          assert.equal(error.message, `port ${port} on 127.0.0.1 is already in use: choose another with --port`);
          return true;
        });
      },
    );
  });

  for (const [code, expected] of [
    ["EACCES", "port 4200 on 127.0.0.1 is not open to this user: choose one above 1023 with --port"],
    [
      "EADDRNOTAVAIL",
      "port 4200 cannot be bound on 127.0.0.1, which is no address of this machine: choose another with --host",
    ],
    [
      "ENOTFOUND",
      "port 4200 cannot be bound on 127.0.0.1, which is not known by that name: choose another with --host",
    ],
    ["EMFILE", "port 4200 on 127.0.0.1 cannot be bound (boom): see --port and --host"],
  ] as const) {
    it(`says what to do about ${code}`, () => {
      const cause = Object.assign(new Error("boom"), { code });
      const error = startErrorOf(cause, where);
      assert.equal(error.message, expected);
      assert.equal(error.cause, cause);
    });
  }
});
