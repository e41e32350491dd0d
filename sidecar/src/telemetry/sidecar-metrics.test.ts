import assert from "node:assert/strict";
import { ExoError } from "@exosphere/proto";
import { SidecarCounts } from "./sidecar-metrics.ts";

describe("what a sidecar counts", () => {
  let known: string[];
  let counts: SidecarCounts;
  beforeEach(() => {
    known = ["told"];
    counts = new SidecarCounts((name) => known.includes(name));
  });
  const sent = () => [...counts.sentTotals].map(([name, outcomes]) => [name, Object.fromEntries(outcomes)]);

  it("is told apart by the names of the routes, any other is unknown", () => {
    for (const name of ["told", "made up", "told", "made up too"]) counts.sent(name, undefined);
    counts.sent("told", new ExoError("NO_RECEIVERS", ""));
    assert.deepEqual(sent(), [
      ["told", { ok: 2, no_receivers: 1 }],
      ["unknown", { ok: 2 }],
    ]);
  });

  it("goes on under a name that the routes had before, as a counter must not fall", () => {
    counts.sent("told", undefined);
    counts.answered("told", 1);
    known = [];
    counts.sent("told", undefined);
    counts.answered("told", 1);
    assert.deepEqual(sent(), [["told", { ok: 2 }]]);
    assert.deepEqual([...counts.requestSeconds.keys()], ["told"]);
  });
});
