import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { type MetricFamily, scrape } from "@exosphere/testkit/metric-families";
import { WholeMesh } from "./whole-mesh.fixture.ts";

const page = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), "utf8");

/** Metrics of ours that a page tables, with their labels. */
function documented(): Map<string, readonly string[]> {
  const rows = page("observability.md").matchAll(/^\| `(exo\w+)` \|([\w, ]*)\| (.+) \|$/gm);
  return new Map(
    [...rows].map(([, name = "", labels = ""]) => [
      name,
      labels
        .split(",")
        .map((label) => label.trim())
        .filter(Boolean),
    ]),
  );
}

describe("docs/observability.md", () => {
  const mesh = new WholeMesh();
  const exported = new Map<string, MetricFamily>();

  before(async function () {
    this.timeout(60_000);
    await mesh.start();
    for (const { admin } of mesh.processes) {
      const { families } = await scrape(admin);
      for (const family of families.values()) {
        const known = exported.get(family.name);
        if (family.name.startsWith("exo")) exported.set(family.name, known?.labels.size ? known : family);
      }
    }
  });
  after(() => mesh.stop());

  it("has every metric of every process, beside those of limits.md", () => {
    const limits = page("limits.md");
    const missing = [...exported.keys()].filter((name) => !documented().has(name) && !limits.includes(`\`${name}\``));
    assert.deepEqual(missing, [], "these need a row in docs/observability.md, or in docs/limits.md");
  });

  it("has none that nothing exports", () => {
    assert.deepEqual(
      [...documented().keys()].filter((name) => !exported.has(name)),
      [],
    );
    assert.ok(documented().size > 40);
  });

  it("says which labels they have", () => {
    for (const [name, labels] of documented()) {
      const seen = [...(exported.get(name)?.labels ?? [])].filter((label) => label !== "le");
      // Some have not counted anything here.
      if (seen.length > 0) assert.deepEqual(seen.sort(), labels.toSorted(), name);
    }
  });

  it("has the outcomes, spans and attributes that the code has", () => {
    const text = page("observability.md");
    const maker = readFileSync(new URL("../../runtime/telemetry/src/tracing/span-maker.ts", import.meta.url), "utf8");
    for (const [, attribute = ""] of maker.matchAll(/"((?:messaging|exosphere|error)\.[\w.]+)"/g))
      assert.ok(text.includes(`\`${attribute}\``) || attribute === "exosphere.link", attribute);
  });
});
