import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { PlainHistogram } from "./plain-histogram.ts";
import { plainCounter, plainGauge, plainHistogram } from "./plain-metric.ts";
import { createRegistry } from "./process-registry.ts";
import { Registry } from "./registry.ts";

describe("plain metrics", () => {
  it("show counters as they are at each scrape", async () => {
    const registry = new Registry();
    const samples = new Map([["ok", 1]]);
    const collect = () => [...samples].map(([outcome, value]) => ({ labels: { outcome }, value }));
    plainCounter({ registry, name: "sent_total", help: "Sent", labelNames: ["outcome"], collect });
    assert.equal(
      await registry.metrics(),
      '# HELP sent_total Sent\n# TYPE sent_total counter\nsent_total{outcome="ok"} 1\n',
    );
    samples.set("ok", 5).set("dead", 2);
    assert.match(await registry.metrics(), /\{outcome="ok"\} 5\nsent_total\{outcome="dead"\} 2\n$/);
  });

  it("show gauges, and drop what is gone", async () => {
    const registry = new Registry();
    let samples = [{ labels: { role: "users" }, value: 3 }];
    plainGauge({ registry, name: "queue_bytes", help: "Queue", labelNames: ["role"], collect: () => samples });
    assert.match(await registry.metrics(), /^queue_bytes\{role="users"\} 3$/m);
    samples = [{ labels: { role: "tweets" }, value: 0 }];
    assert.match(await registry.metrics(), /gauge\nqueue_bytes\{role="tweets"\} 0\n$/);
  });

  it("show histograms cumulatively, as Prometheus wants them", async () => {
    const registry = new Registry();
    const histogram = new PlainHistogram([0.5, 1]);
    for (const seconds of [0.25, 0.5, 1, 2]) histogram.record(seconds);
    const collect = () => [{ labels: { role: 'a"b\\c' }, histogram: histogram.snapshot() }];
    plainHistogram({ registry, name: "x_seconds", help: "X", labelNames: ["role"], collect });
    const label = String.raw`role="a\"b\\c"`;
    assert.equal(
      await registry.metrics(),
      `# HELP x_seconds X
# TYPE x_seconds histogram
x_seconds_bucket{${label},le="0.5"} 2
x_seconds_bucket{${label},le="1"} 3
x_seconds_bucket{${label},le="+Inf"} 4
x_seconds_sum{${label}} 3.75
x_seconds_count{${label}} 4
`,
    );
  });

  it("show nothing for a histogram without samples", async () => {
    const registry = new Registry();
    plainHistogram({ registry, name: "x_seconds", help: "X", labelNames: [], collect: () => [] });
    assert.equal(await registry.metrics(), "# HELP x_seconds X\n# TYPE x_seconds histogram\n");
  });

  it("refuse a name that is taken", () => {
    const registry = new Registry();
    const metric = { registry, name: "x", help: "X", labelNames: [], collect: () => [] };
    plainHistogram(metric);
    assert.throws(() => plainGauge(metric), /already been registered/);
    assert.throws(() => plainHistogram({ ...metric, name: "y", labelNames: ["le"] }), /reserved/);
  });
});

describe("the registry of a process", () => {
  it("has the version and the metrics of the process", async () => {
    const text = await createRegistry({ version: "1.2.3" }).metrics();
    assert.match(text, /^exo_build_info\{version="1\.2\.3"\} 1$/m);
    assert.match(text, /^process_cpu_seconds_total /m);
    assert.match(text, /^nodejs_eventloop_lag_seconds /m);
  });

  it("can do without the metrics of the process", async () => {
    assert.ok(!(await createRegistry({ version: "1", defaults: false }).metrics()).includes("process_"));
  });
});

describe("the time of garbage collection", () => {
  it("is counted from the start, not from the first scrape", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const registry = createRegistry({ version: "1" });
    collect();
    // Node tells of it a moment later; a scrape before that makes the metrics, and must not make it miss anything.
    const isCounted = /^nodejs_gc_duration_seconds_count\{kind="major"\} [1-9]/m;
    let text = "";
    for (let attempt = 0; attempt < 100 && !isCounted.test(text); attempt += 1) {
      await pause(10);
      text = await registry.metrics();
    }
    assert.match(text, isCounted);
    assert.equal(text.match(/^# TYPE nodejs_gc_duration_seconds /gm)?.length, 1);
  });
});
