import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { examine } from "./examine.ts";
import { ok } from "./finding.ts";
import { patientWith } from "./patient.fixture.ts";
import { portOwner } from "./port-owner.ts";

describe("examine", function () {
  this.timeout(20_000);

  it("gives up a check that takes too long, and one that fails, and goes on with the others", async () => {
    const findings = await examine(patientWith(), {
      stuck: () => new Promise(() => {}),
      broken: () => {
        throw new Error("no such thing");
      },
      fine: () => [ok("yes")],
    });
    assert.deepEqual(
      findings.map(({ check, status, text }) => [check, status, text.split(";")[0]]),
      [
        ["stuck", "warning", "could not be looked at: it took more than 2 s"],
        ["broken", "warning", "could not be looked at: no such thing"],
        ["fine", "ok", "yes"],
      ],
    );
  });
});

const isLinux = process.platform === "linux";

describe("portOwner", () => {
  (isLinux ? it : it.skip)(
    `finds the process that listens${isLinux ? "" : " (only where there is /proc, on Linux)"}`,
    async () => {
      const server = createServer().listen(0, "127.0.0.1");
      await once(server, "listening");
      const { port } = server.address() as AddressInfo;
      assert.equal(portOwner(port)?.pid, process.pid);
      server.close();
      await once(server, "close");
      assert.equal(portOwner(port), undefined);
    },
  );
});
