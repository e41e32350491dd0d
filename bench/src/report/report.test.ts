import assert from "node:assert/strict";
import { blocksOf } from "./blocks.ts";
import { chart } from "./chart.ts";
import { withFigures } from "./document.ts";
import { rate, three } from "./figures.ts";
import { resultOf, rowOf } from "./result.fixture.ts";
import { markdownTable, textTable } from "./text-table.ts";

const result = resultOf([rowOf("sdk-sidecars", 1), rowOf("sdk-sidecars", 64), rowOf("nats", 1)], {
  memory: [{ subject: "nats", title: "NATS", peakMb: { "nats-server": 17.4 } }],
  footprints: [{ program: "broker", readyMs: [200, 210, 220], idleMb: [80, 81, 82] }],
  backlog: { messages: 1_000_000, bytes: 200, perSecond: 50_000, emptyMb: 100, fullMb: 1600 },
});

describe("the report", () => {
  it("writes figures with the digits that count", () => {
    assert.deepEqual([213.6, 14_213, 123_456, Number.NaN].map(rate), ["214", "14.2k", "123k", "-"]);
    assert.deepEqual([0.123, 12.34, 123.4, Number.NaN].map(three), ["0.12", "12.3", "123", "-"]);
  });

  it("has a line for each subject and a column for each load", () => {
    const [rates] = blocksOf(result);
    assert.deepEqual(rates?.heads, ["1 in flight", "64 in flight"]);
    assert.deepEqual(rates?.lines, [
      ["title of sdk-sidecars", "1.0k ±10%", "1.0k ±10%"],
      ["title of nats", "1.0k ±10%", "-"],
    ]);
  });

  it("says what a queued message costs", () => {
    assert.match(textTable(blocksOf(result)), /1,000,000 messages of 200 bytes +50\.0k +100 +1600 +1,573/);
  });

  it("names every process with its memory", () => {
    assert.match(textTable(blocksOf(result)), /NATS \(nats\) +nats-server 17/);
  });

  it("is Markdown for a page", () => {
    const [rates] = blocksOf(result);
    assert.equal(markdownTable(rates as never).split("\n")[1], "| --- | ---: | ---: |");
  });

  it("is put between the markers of a page, once and again", () => {
    const page = "# Page\n<!-- figures:goals -->\nold\n<!-- /figures -->\nrest\n";
    const filled = withFigures(page, result);
    assert.match(filled, /idle memory of a sidecar/);
    assert.doesNotMatch(filled, /old/);
    assert.equal(withFigures(filled, result), filled);
  });

  it("refuses a marker that it does not know", () => {
    assert.throws(() => withFigures("<!-- figures:none -->\n<!-- /figures -->", result), /no figures 'none'/);
  });
});

describe("the chart", () => {
  it("is an SVG with a line for each subject", () => {
    const svg = chart(result);
    assert.match(svg, /^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    assert.equal(svg.match(/<polyline/g)?.length, 2);
    assert.doesNotMatch(svg, /NaN|undefined|Infinity/);
  });

  it("survives a subject that did nothing", () => {
    const idle = rowOf("nats", 64, { perSecond: [0, 0, 0] });
    assert.doesNotMatch(chart(resultOf([idle])), /NaN|Infinity/);
  });
});
