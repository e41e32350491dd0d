import assert from "node:assert/strict";
import fc from "fast-check";
import { formatDurationMs, parseDurationMs } from "./durations.ts";

describe("durations in milliseconds", () => {
  for (const [text, milliseconds] of [
    ["0", 0],
    ["1500ms", 1500],
    ["10s", 10_000],
    ["1.5s", 1500],
    ["1.001s", 1001],
    ["2m", 120_000],
    ["1 h", 3_600_000],
    ["1d", 86_400_000],
  ] as const) {
    it(`reads ${text}`, () => assert.equal(parseDurationMs(text), milliseconds));
  }

  for (const text of ["", "10", "-1s", "1S", "s", "0.5ms", "1m30s", "1e3s", "Infinity", "1 week"]) {
    it(`does not read '${text}'`, () => assert.ok(Number.isNaN(parseDurationMs(text))));
  }

  it("reads back whatever it writes", () => {
    fc.assert(fc.property(fc.nat(), (value) => parseDurationMs(formatDurationMs(value)) === value));
    fc.assert(
      fc.property(fc.nat({ max: 86_400 }), (value) => parseDurationMs(formatDurationMs(value * 1000)) === value * 1000),
    );
  });

  it("reads every number of milliseconds written in seconds", () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 31 }), (value) => parseDurationMs(`${(value / 1000).toFixed(3)}s`) === value),
    );
  });
});
