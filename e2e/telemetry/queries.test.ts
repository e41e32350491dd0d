import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { catalogue } from "@exosphere/proto";
import { type MetricFamily, scrape } from "@exosphere/testkit/metric-families";
import { hasPromtool, promtool, promtoolNeeded } from "@exosphere/testkit/promtool";
import { type DeployedQuery, dashboardQueries, deployed, ruleQueries, rules } from "./deployed-queries.ts";
import { readQuery, type Selector } from "./promql.ts";
import { WholeMesh } from "./whole-mesh.fixture.ts";

/** What Prometheus adds to every sample that it fetches. */
const addedLabels = ["job", "instance"];

const outcomes = new Set([
  "ok",
  "retry",
  "dead",
  "dropped",
  ...Object.keys(catalogue).map((reason) => reason.toLowerCase()),
]);

describe("The queries of deploy/", () => {
  const mesh = new WholeMesh();
  const exported = new Map<string, MetricFamily>();
  const recorded = new Map<string, readonly string[]>();
  const queries = [...ruleQueries(), ...dashboardQueries()];

  before(async function () {
    this.timeout(60_000);
    await mesh.start();
    for (const { admin } of mesh.processes) {
      const { families } = await scrape(admin);
      for (const family of families.values()) exported.set(family.name, merged(family, exported.get(family.name)));
    }
    for (const { record, expr } of queries) if (record) recorded.set(record, readQuery(expr).labels);
  });
  after(() => mesh.stop());

  /** A process may not have met everything that another has. */
  function merged(family: MetricFamily, other: MetricFamily | undefined): MetricFamily {
    return { ...family, labels: new Set([...family.labels, ...(other?.labels ?? [])]) };
  }

  /** The labels that samples of a selector's metric have. Undefined: nothing exports it. */
  function labelsOf({ metric }: Selector): ReadonlySet<string> | undefined {
    if (metric === "up") return new Set(addedLabels);
    const ofRecord = recorded.get(metric);
    if (ofRecord) return new Set(ofRecord);
    const family = exported.get(metric) ?? exported.get(metric.replace(/_(?:bucket|sum|count)$/, ""));
    return family && new Set([...family.labels, ...addedLabels]);
  }

  /** What is wrong with what a query takes. */
  function mistakesOf(selector: Selector): string[] {
    const { metric, matchers, groupedBy, functions } = selector;
    const labels = labelsOf(selector);
    if (!labels) return [`nothing exports '${metric}'`];
    const used = [...matchers.map(({ label }) => label), ...groupedBy];
    const unknown = used.filter((label) => !labels.has(label)).map((label) => `'${metric}' has no label '${label}'`);
    const wrongOutcomes = matchers
      .filter(({ label }) => label === "outcome")
      .flatMap(({ value }) => value.split("|"))
      .filter((outcome) => !outcomes.has(outcome))
      .map((outcome) => `'${outcome}' is no outcome`);
    const ofGauge =
      functions.some((name) => name === "rate" || name === "increase") && exported.get(metric)?.type === "gauge";
    return [...unknown, ...wrongOutcomes, ...(ofGauge ? [`'${metric}' is a gauge, and has no rate`] : [])];
  }

  function mistakesIn({ expr, shows }: DeployedQuery): string[] {
    const { mistakes, selectors } = readQuery(expr);
    const all = new Set(selectors.flatMap((selector) => [...(labelsOf(selector) ?? [])]));
    const unshown = shows.filter((label) => !all.has(label)).map((label) => `shows '${label}', which it does not have`);
    return [...mistakes, ...selectors.flatMap(mistakesOf), ...unshown];
  }

  it("are there to be looked at", () => {
    assert.ok(ruleQueries().length > 15 && dashboardQueries().length > 30);
  });

  it("are PromQL, and take names and labels that the processes export", () => {
    const mistakes = queries.flatMap((query) => mistakesIn(query).map((mistake) => `${query.place}: ${mistake}`));
    assert.deepEqual(mistakes, []);
  });

  it("would not pass with a name, a label, an outcome, or a bracket that is wrong", () => {
    for (const [expr, mistake] of [
      ["sum(rate(exocom_delivered[5m]))", /nothing exports 'exocom_delivered'/],
      ['exocom_delivered_total{name="x",roles="y"}', /no label 'roles'/],
      ["sum by (nam) (exocom_delivered_total)", /no label 'nam'/],
      ['exocom_delivered_total{outcome!~"ok|retries"}', /'retries' is no outcome/],
      ["rate(exocom_queue_messages[5m])", /is a gauge/],
      ["sum(exocom_queue_messages", /at 25/],
    ] as const)
      assert.match(mistakesIn({ place: "", expr, shows: [] }).join(), mistake, expr);
  });

  it("of alerts say what is wrong and what to do", () => {
    for (const { alert, labels = {}, annotations = {} } of rules()) {
      if (!alert) continue;
      assert.match(labels.severity ?? "", /^(?:page|ticket)$/, alert);
      assert.ok(annotations.summary && annotations.description, alert);
    }
  });

  const withPromtool = hasPromtool ? it : it.skip;
  const needed = hasPromtool ? "" : `: ${promtoolNeeded}`;

  withPromtool(`pass 'promtool check rules' and 'check config'${needed}`, () => {
    const checked = promtool(["check", "rules", deployed("prometheus/rules.yml")]);
    assert.equal(checked.code, 0, checked.text);
    const config = promtool(["check", "config", deployed("prometheus/prometheus.yml")]);
    assert.equal(config.code, 0, config.text);
  });

  withPromtool(`raise each alert when they should, and not before: 'promtool test rules'${needed}`, function () {
    this.timeout(60_000);
    const tests = ["prometheus/rules.test.yml", "prometheus/rules-slow.test.yml"].map(deployed);
    const tested = promtool(["test", "rules", ...tests]);
    assert.equal(tested.code, 0, tested.text);
    const texts = tests.map((file) => readFileSync(file, "utf8")).join();
    for (const { alert } of rules())
      assert.ok(!alert || texts.includes(`alertname: ${alert}\n`), `no test of ${alert}`);
  });
});
