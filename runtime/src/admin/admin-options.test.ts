import assert from "node:assert/strict";
import { silentLog } from "../log.ts";
import { createRegistry } from "../metrics/registry.ts";
import { adminOptionsOf } from "./admin-options.ts";
import { startAdmin } from "./admin-server.ts";

describe("adminOptionsOf", () => {
  const described = { adminPort: { value: 0, from: "flag" } };
  const optionsOf = (adminHost: string) =>
    adminOptionsOf({
      config: { adminHost, adminAllowHosts: [], adminPort: 0, maxAdminConnections: 7 },
      describe: () => described,
    });
  const start = (host: string) => {
    const registry = createRegistry({ version: "1.2.3", defaults: false });
    return startAdmin({ ...optionsOf(host), log: silentLog(), registry, ready: () => true });
  };

  it("lets a process listen where its settings say, and show them", async () => {
    assert.equal(optionsOf("127.0.0.1").maxConnections, 7);
    const admin = await start("127.0.0.1");
    assert.deepEqual(await (await fetch(`http://127.0.0.1:${admin.port}/settings`)).json(), described);
    await admin.close();
  });

  it("names the flag of an address that is not of this machine", async () => {
    await assert.rejects(start("192.0.2.1"), /choose another with --admin-host$/);
  });
});
