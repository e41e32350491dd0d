import assert from "node:assert/strict";
import { profileSummary } from "./profile-summary.ts";

describe("the summary of a profile", () => {
  const node = (id: number, functionName: string, url: string, children: number[] = []) => ({
    id,
    callFrame: { functionName, url, lineNumber: 9 },
    children,
  });
  const nodes = [
    node(1, "(root)", "", [2, 4]),
    node(2, "outer", "file:///home/a/exosphere/runtime/link/src/link.ts", [3]),
    node(3, "inner", "file:///home/a/exosphere/node_modules/@grpc/grpc-js/build/src/call.js"),
    node(4, "(idle)", ""),
  ];

  it("tells the time of each function, and with what it calls, without that of waiting", () => {
    // The first third is the start of the process.
    const samples = [2, 2, 2, 3, 3, 3, 2, 4, 4];
    const text = profileSummary({ nodes, samples, timeDeltas: samples.map(() => 1000) });
    assert.match(
      text,
      /by itself\n 75.0 % {2}inner {2}@?\S*src\/call.js:10\n 25.0 % {2}outer {2}runtime\/link\/src\/link.ts:10/,
    );
    assert.match(text, /with what it calls\n100.0 % {2}outer/);
    assert.doesNotMatch(text, /idle|root|home/);
  });
});
