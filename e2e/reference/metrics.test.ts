import assert from "node:assert/strict";
import { type MetricFamily, scrape } from "@exosphere/testkit/metric-families";
import { ReferencePage } from "@exosphere/testkit/reference-page";
import { WholeMesh } from "../telemetry/whole-mesh.fixture.ts";

/** A row of the page. */
interface Documented {
  readonly type: string;
  readonly labels: readonly string[];
}

const page = new ReferencePage("metrics.md");

/** The metrics of a section of the page. */
function documented(heading: string): ReadonlyMap<string, Documented> {
  const rows = page.section(heading).matchAll(/^\| `(exo\w+)` \| (\w+) \|([\w, ]*)\| .+ \|$/gm);
  return new Map(
    [...rows].map(([, name = "", type = "", labels = ""]) => [name, { type, labels: labels.match(/\w+/g) ?? [] }]),
  );
}

/** The sections of the page that are about a process, beside what every process has. */
const sections: Readonly<Record<string, readonly string[]>> = {
  broker: ["Broker"],
  "sidecar that sends": ["Sidecar"],
  "sidecar that receives": ["Sidecar"],
  "all-in-one": ["Broker", "Sidecar"],
  gateway: ["Gateway"],
  analytics: ["Analytics"],
  injector: ["Injector"],
};

/** What not every process has that a section is about: the all-in-one has neither the sidecar's link nor its socket, and no role. */
const maybeAbsent = /^exo_sidecar_(?:link|socket)_|^exo_role_info$/;

describe("docs/reference/metrics.md", () => {
  const mesh = new WholeMesh();
  const exported = new Map<string, ReadonlyMap<string, MetricFamily>>();

  before(async function () {
    this.timeout(60_000);
    await mesh.start();
    for (const { name, admin } of mesh.processes) {
      const { families } = await scrape(admin);
      exported.set(name, new Map([...families].filter(([metric]) => metric.startsWith("exo"))));
    }
  });
  after(() => mesh.stop());

  for (const [process, headings] of Object.entries(sections)) {
    it(`lists every metric of the ${process} with its type and labels, and no other`, () => {
      const listed = new Map([...headings, "Every process"].flatMap((heading) => [...documented(heading)]));
      const families = exported.get(process) ?? assert.fail(process);
      const isExpected = (name: string) => families.has(name) || !maybeAbsent.test(name);
      assert.deepEqual([...listed.keys()].filter(isExpected).sort(), [...families.keys()].sort());
      for (const [name, { type, labels }] of families) {
        const row = listed.get(name) as Documented;
        assert.equal(row.type, type, name);
        const seen = [...labels].filter((label) => label !== "le");
        // Some have not counted anything here.
        if (seen.length > 0) assert.deepEqual(row.labels.toSorted(), seen.sort(), name);
      }
    });
  }

  it("leaves nothing out that a process must have", () => {
    const all = [...exported.values()].flatMap((families) => [...families.keys()]);
    const optional = [...documented("Sidecar").keys(), ...documented("Every process").keys()].filter((name) =>
      maybeAbsent.test(name),
    );
    assert.deepEqual(
      optional.filter((name) => !all.includes(name)),
      [],
    );
  });
});
