import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Application } from "@exosphere/application";
import { loadSettings } from "@exosphere/settings";
import { applicationOf, serviceOf } from "./application.fixture.ts";
import { PortClaims } from "./port-claims.ts";
import { runSettings } from "./run-settings.ts";
import { sharedPorts, usualPorts } from "./shared-ports.ts";

describe("the ports that people know", () => {
  const folder = mkdtempSync(join(tmpdir(), "exo-shared-ports-"));
  after(() => rmSync(folder, { recursive: true }));
  const web = serviceOf("web", { type: "public" });

  async function portsOf(application: Application, ...argv: string[]) {
    const loaded = loadSettings({ command: "exo run", about: "", version: "1", settings: runSettings, argv, env: {} });
    assert.ok(loaded.kind === "run");
    return sharedPorts(application, loaded.config, new PortClaims(folder));
  }

  it("are the usual ones, and free ones where somebody has them, which is said", async () => {
    const taken = createServer().listen(usualPorts["public service"], "127.0.0.1");
    // On a machine where it is taken already, that does as well.
    await Promise.race([once(taken, "listening"), once(taken, "error")]);
    const ports = await portsOf(applicationOf(web));
    taken.close();
    assert.equal(ports.publicPort, 0);
    assert.match(
      ports.notes.join("\n"),
      /^port 3000 is taken: the public service takes a free one, and --port chooses$/m,
    );
    assert.ok([usualPorts.broker, 0].includes(ports.brokerPort));
    assert.equal(ports.gatewayPort, undefined);
  });

  it("are not looked for where there is nobody to have them", async () => {
    const ports = await portsOf(applicationOf(serviceOf("users")), "--no-dashboard");
    assert.deepEqual([ports.publicPort, ports.gatewayPort, ports.dashboardPort], [undefined, undefined, undefined]);
  });

  it("are left to a service that asks for them", async () => {
    const { publicPort, notes } = await portsOf(applicationOf(web, serviceOf("shop", { port: 3000 }))).catch(
      (error: Error) => ({ publicPort: 0, notes: [error.message] }),
    );
    assert.equal(publicPort, 0);
    assert.match(notes.join("\n"), /3000/);
  });

  it("are those that the settings ask for, which are refused where they are taken; 0 is any free one", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as { port: number };
    await assert.rejects(portsOf(applicationOf(web), "--port", String(port)), /already in use.*--port/);
    await assert.rejects(portsOf(applicationOf(web), "--broker-port", String(port)), /already in use.*--broker-port/);
    taken.close();
    assert.equal((await portsOf(applicationOf(web), "--port", "0")).publicPort, 0);
  });
});
