import assert from "node:assert/strict";
import { scrape } from "@exosphere/testkit/metric-families";
import { hasPromtool, promtool, promtoolNeeded } from "@exosphere/testkit/promtool";
import { WholeMesh } from "./whole-mesh.fixture.ts";

describe("The metrics of every process", () => {
  const mesh = new WholeMesh();
  before(function () {
    this.timeout(60_000);
    return mesh.start();
  });
  after(() => mesh.stop());

  const withPromtool = hasPromtool ? it : it.skip;
  withPromtool(`pass 'promtool check metrics'${hasPromtool ? "" : `: ${promtoolNeeded}`}`, async () => {
    for (const { name, admin } of mesh.processes) {
      const { text } = await scrape(admin);
      assert.deepEqual(promtool(["check", "metrics"], text), { code: 0, text: "" }, name);
    }
  });

  it("have a help text each, and the version", async () => {
    for (const { name, admin } of mesh.processes) {
      const { families } = await scrape(admin);
      for (const family of families.values()) assert.notEqual(family.help, "", `${name}: ${family.name}`);
      assert.deepEqual([...(families.get("exo_build_info")?.labels ?? [])], ["version"], name);
    }
  });

  it("have names of messages from the routes alone", async () => {
    const known = new Set(["users.create", "users.created", "users.log", "nobody", "unknown"]);
    for (const { name, admin } of mesh.processes) {
      const { families } = await scrape(admin);
      for (const family of families.values()) {
        if (family.name.startsWith("nodejs_")) continue;
        for (const value of family.values.get("name") ?? []) assert.ok(known.has(value), `${name}: ${family.name}`);
      }
    }
  });

  it("have outcomes that are ok, retry, dead, dropped, or a reason", async () => {
    for (const { name, admin } of mesh.processes) {
      const { families } = await scrape(admin);
      for (const family of families.values()) {
        for (const value of family.values.get("outcome") ?? [])
          assert.match(value, /^(?:ok|retry|dead|dropped|no_receivers|not_allowed)$/, `${name}: ${family.name}`);
      }
    }
  });

  it("count what goes over the links", async () => {
    const bytes = async (admin: string, metric: string) => {
      const { text } = await scrape(admin);
      return Number(text.match(new RegExp(`^${metric}\\{direction="out"\\} (\\d+)$`, "m"))?.[1]);
    };
    for (const { name, admin } of mesh.processes.filter(({ name }) => name.startsWith("sidecar")))
      assert.ok((await bytes(admin, "exo_sidecar_link_bytes_total")) > 100, name);
    const [broker] = mesh.processes;
    assert.ok((await bytes(broker?.admin ?? "", "exocom_link_bytes_total")) > 100);
  });

  it("count a copy that was tried again", async () => {
    const { text } = await scrape(mesh.processes[0]?.admin ?? "");
    assert.match(text, /^exocom_redeliveries_total\{role="users"\} 1$/m);
    assert.match(text, /^exocom_queue_oldest_seconds\{role="users"\} 0$/m);
  });

  it("of the all-in-one are those of a broker and those of a sidecar", async () => {
    const own = await scrape(mesh.processes[3]?.admin ?? "");
    for (const { admin } of mesh.processes.slice(0, 3)) {
      const { families } = await scrape(admin);
      const missing = [...families.keys()].filter((name) => !own.families.has(name));
      assert.deepEqual(
        missing.filter((name) => !/^exo_(?:sidecar_(?:socket|link)_|role_info$)/.test(name)),
        [],
      );
    }
    assert.match(own.text, /^exo_sidecar_sent_total\{name="users.log",outcome="ok"\} 1$/m);
    assert.match(own.text, /^exo_sidecar_received_total\{name="users.log",outcome="ok"\} 1$/m);
  });
});
