import assert from "node:assert/strict";
import { parse } from "yaml";
import { ChartValues, texts } from "./chart-values.ts";

describe("the values of a chart", () => {
  const values = new ChartValues();
  values.text("a/b", "x: y", "What b is for");
  values.number("a/c d", 3, "What c is for");
  values.flag("e", false, "What e is for");
  values.block("f", {}, "What f is for", texts);
  values.block("g", [{ name: "{{ x }}" }], "What g is for", {});

  it("are written with their defaults, and what each is for", () => {
    const written = values.yaml();
    assert.deepEqual(parse(written), { a: { b: "x: y", "c d": 3 }, e: false, f: {}, g: [{ name: "{{ x }}" }] });
    assert.match(written, /^a:\n {2}# What b is for\n {2}b: "x: y"\n/);
  });

  it("have a schema that knows no others", () => {
    assert.deepEqual(values.schema(), {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      type: "object",
      additionalProperties: false,
      properties: {
        a: {
          type: "object",
          additionalProperties: false,
          properties: {
            b: { description: "What b is for", type: "string" },
            "c d": { description: "What c is for", type: "integer", minimum: 0 },
          },
        },
        e: { description: "What e is for", type: "boolean" },
        f: { description: "What f is for", ...texts },
        g: { description: "What g is for" },
      },
    });
  });

  it("may be used in several places, with one default", () => {
    assert.doesNotThrow(() => values.text("a/b", "x: y", "again"));
    assert.throws(() => values.text("a/b", "z", "again"), /a\/b is declared with two defaults/);
  });
});
