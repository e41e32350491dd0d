import assert from "node:assert/strict";
import { headersMistake } from "./headers-mistake.ts";

const mistakeIn = (...rawHeaders: string[]) => headersMistake({ rawHeaders })?.detail;

describe("the headers of a request", () => {
  it("may stand there once, those that Node would join or drop as well", () => {
    assert.equal(mistakeIn("Host", "a", "exo-message-id", "1", "Accept", "x", "accept", "y"), undefined);
    assert.match(
      mistakeIn("exo-message-id", "1", "a", "b", "Exo-Message-Id", "2") ?? "",
      /two headers 'exo-message-id'/,
    );
    assert.match(mistakeIn("authorization", "Bearer a", "Authorization", "Bearer b") ?? "", /'authorization'/);
  });

  it("may stand there several times where they are a list, of which each line is a part", () => {
    assert.equal(mistakeIn("tracestate", "a=1", "x", "y", "Tracestate", "b=2"), undefined);
  });

  it("are 100 at the most", () => {
    const some = (count: number) => Array.from({ length: count }, (_, index) => [`x-${index}`, "1"]).flat();
    assert.equal(mistakeIn(...some(100)), undefined);
    assert.match(mistakeIn(...some(101)) ?? "", /at most 100 headers/);
  });
});
