import assert from "node:assert/strict";
import fc from "fast-check";
import { verdictOf } from "./answer.ts";

const now = Date.UTC(2026, 10, 23, 12, 0, 0);

describe("the answer table", () => {
  it("takes any 2xx for done", () => {
    for (const status of [200, 201, 202, 204, 299]) {
      assert.deepEqual(verdictOf(status, undefined, now), { outcome: "done", retryAfterMs: 0, detail: "" });
    }
  });

  it("tries again after 408, 425, 429 and 503", () => {
    for (const status of [408, 425, 429, 503]) {
      const verdict = verdictOf(status, undefined, now);
      assert.deepEqual(verdict, { outcome: "retry", retryAfterMs: 0, detail: `The app answered ${status}.` });
    }
  });

  it("takes any other 5xx for failed", () => {
    for (const status of [500, 501, 502, 504, 505, 599]) {
      assert.deepEqual(verdictOf(status, undefined, now), {
        outcome: "failed",
        retryAfterMs: 0,
        detail: `The app answered ${status}.`,
      });
    }
  });

  it("takes any other 4xx, and a redirection that nobody follows, for dead", () => {
    for (const status of [301, 302, 304, 400, 401, 403, 404, 409, 413, 422, 499]) {
      assert.equal(verdictOf(status, undefined, now).outcome, "dead", String(status));
    }
  });

  it("heeds Retry-After only where it tries again", () => {
    for (const status of [200, 301, 400, 404, 500, 502]) assert.equal(verdictOf(status, "5", now).retryAfterMs, 0);
  });
});

describe("Retry-After", () => {
  const pauseOf = (text: string | undefined) => verdictOf(503, text, now).retryAfterMs;

  it("may be seconds", () => {
    assert.equal(pauseOf("1"), 1000);
    assert.equal(pauseOf(" 120 "), 120_000);
    assert.equal(pauseOf("0"), 0);
  });

  it("may be a date in each of the three forms of RFC 9110", () => {
    for (const date of [
      "Mon, 23 Nov 2026 12:00:05 GMT",
      "Monday, 23-Nov-26 12:00:05 GMT",
      "Mon Nov 23 12:00:05 2026",
    ]) {
      assert.equal(pauseOf(date), 5000, date);
    }
  });

  it("is no pause if the date has passed", () => {
    assert.equal(pauseOf("Mon, 23 Nov 2026 11:59:59 GMT"), 0);
    assert.equal(pauseOf("Mon, 23 Nov 2026 12:00:00 GMT"), 0);
  });

  it("is an hour at the most", () => {
    assert.equal(pauseOf("3601"), 3_600_000);
    assert.equal(pauseOf("9".repeat(400)), 3_600_000);
    assert.equal(pauseOf("Fri, 31 Dec 9999 23:59:59 GMT"), 3_600_000);
  });

  it("counts as absent in any other form", () => {
    for (const text of [
      undefined,
      "",
      " ",
      "soon",
      "-5",
      "+5",
      "1.5",
      "1e3",
      "0x10",
      "5s",
      "5, 6",
      "2030-01-01",
      "Jan 2040",
      "Mon, 99 Nov 2026 12:00:05 GMT",
    ]) {
      assert.equal(pauseOf(text), 0, String(text));
    }
  });

  it("never makes a pause of something that is none", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const pause = pauseOf(text);
        assert.ok(Number.isInteger(pause) && pause >= 0 && pause <= 3_600_000);
      }),
    );
  });
});
