import assert from "node:assert/strict";
import { createRegistry, silentLog } from "@exosphere/telemetry";
import { ask } from "../exchange.fixture.ts";
import { adminOptionsOf } from "./admin-options.ts";
import { startAdmin } from "./admin-server.ts";

describe("adminOptionsOf", () => {
  const described = { adminPort: { value: 0, from: "flag" } };
  const optionsOf = (adminHost: string, ...adminAllowHosts: string[]) =>
    adminOptionsOf({
      config: { adminHost, adminAllowHosts, adminPort: 0, maxAdminConnections: 7 },
      describe: () => described,
    });
  const start = (host: string, ...names: string[]) => {
    const registry = createRegistry({ version: "1.2.3", defaults: false });
    return startAdmin({ ...optionsOf(host, ...names), log: silentLog(), registry, ready: () => true });
  };

  it("lets a process listen where its settings say, and show them", async () => {
    assert.equal(optionsOf("127.0.0.1").maxConnections, 7);
    const admin = await start("127.0.0.1");
    assert.deepEqual(await (await fetch(`http://127.0.0.1:${admin.port}/settings`)).json(), described);
    await admin.close();
  });

  it("answers by the names that are allowed, which Prometheus may call it by in a network of containers", async () => {
    const admin = await start("127.0.0.1", "broker");
    const statusBy = async (name: string) =>
      (await ask({ port: admin.port, path: "/metrics", headers: { host: `${name}:4101` } })).status;
    assert.deepEqual([await statusBy("broker"), await statusBy("other")], [200, 403]);
    await admin.close();
  });

  it("names the flag of an address that is not of this machine", async () => {
    await assert.rejects(start("192.0.2.1"), /choose another with --admin-host$/);
  });
});
