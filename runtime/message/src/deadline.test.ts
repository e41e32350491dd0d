import assert from "node:assert/strict";
import fc from "fast-check";
import { parseDeadline } from "./deadline.ts";
import { Refusal } from "./refusal.ts";

describe("a deadline", () => {
  it("is a number with a unit", () => {
    for (const [text, ms] of [
      ["1ms", 1],
      ["1500ms", 1500],
      ["5s", 5000],
      [" 5s ", 5000],
      ["1.5s", 1500],
      ["2.007s", 2007],
      ["2m", 120_000],
      ["0.5m", 30_000],
      ["24h", 86_400_000],
    ] as const) {
      assert.equal(parseDeadline(text), ms, text);
    }
  });

  it("is not shorter than asked for where it is given in fractions of a millisecond", () => {
    assert.equal(parseDeadline("0.001ms"), 1);
    assert.equal(parseDeadline("1.2ms"), 2);
  });

  it("is exact to the millisecond", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 86_400_000 }), (ms) => {
        assert.equal(parseDeadline(`${ms}ms`), ms);
        assert.equal(parseDeadline(`${Math.floor(ms / 1000)}.${String(ms % 1000).padStart(3, "0")}s`), ms);
      }),
    );
  });

  it("is refused in any other form, and beyond a day", () => {
    for (const text of [
      "",
      "5",
      "5 s",
      "s",
      "-5s",
      "+5s",
      "0ms",
      "0s",
      "1e3ms",
      "5S",
      "5sec",
      "1,5s",
      "5s5s",
      "Infinitys",
      "24.001h",
      "25h",
      "86400001ms",
      "999999999999ms",
      "٥s",
    ]) {
      assert.throws(
        () => parseDeadline(text),
        (error) => error instanceof Refusal && error.message.includes(`'${text}' is not a deadline`),
        text,
      );
    }
  });
});
