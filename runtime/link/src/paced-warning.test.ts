import assert from "node:assert/strict";
import { PacedWarning } from "./paced-warning.ts";

describe("a paced warning", () => {
  let nowMs: number;
  let warning: PacedWarning;
  beforeEach(() => {
    nowMs = 0;
    warning = new PacedWarning({ everyMs: 1_000, nowMs: () => nowMs });
  });

  it("is let through once in its interval for each key, with how many there were since", () => {
    assert.deepEqual(
      [warning.due("a"), warning.due("a"), warning.due("b"), warning.due("a")],
      [1, undefined, 1, undefined],
    );
    nowMs = 1_000;
    assert.deepEqual([warning.due("a"), warning.due("b")], [3, 1]);
  });

  it("shares one entry among all keys beyond a thousand, so that made up names cost no memory and are still reported", () => {
    for (let key = 0; key < 1_000; key += 1) warning.due(`${key}`);
    assert.deepEqual([warning.due("made up"), warning.due("made up, too")], [1, undefined]);
    nowMs = 1_000;
    assert.equal(warning.due("another one"), 2);
  });
});
