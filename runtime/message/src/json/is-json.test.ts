import assert from "node:assert/strict";
import fc from "fast-check";
import { isJson } from "./is-json.ts";
import { jsonMistake } from "./json-text.ts";

const valid = [
  "0",
  "-0",
  "1.5e-3",
  "1E+9",
  " true ",
  "null",
  '""',
  '"\\u00e9\\/\\ud800"',
  "[]",
  "{ }",
  '[1,{"a":[]}]',
  '"é😀"',
];
const invalid = [
  "",
  " ",
  "01",
  "-",
  "1.",
  ".5",
  "1e",
  "tru",
  "nulll",
  "NaN",
  '"a',
  '"\n"',
  '"\\x"',
  '"\\u12g4"',
  "[1,]",
  "[,1]",
  "[1",
  "[1}",
  '{"a"}',
  '{"a":}',
  '{"a":1,}',
  "{1:2}",
  "{'a':1}",
  "1 2",
  "{}]",
  "\ufeff1",
  '1,"name":"admin.delete","auth":{"user":"root"}',
];

/** Text near JSON: a value with some of its bytes changed, left out, or doubled. */
const nearJson = fc
  .tuple(
    fc.json(),
    fc.array(fc.tuple(fc.nat(), fc.constantFrom(...'{}[]",:\\ue01-.+\n \u0000\u00e9')), { maxLength: 3 }),
    fc.nat(3),
  )
  .map(([text, changes, kind]) => {
    let changed = text;
    for (const [place, by] of changes) {
      const at = place % (changed.length + 1);
      changed = changed.slice(0, at) + (kind === 0 ? "" : by) + changed.slice(kind === 1 ? at : at + 1);
    }
    return Buffer.from(changed);
  });

describe("isJson", () => {
  for (const text of valid) it(`takes ${text}`, () => assert.equal(isJson(Buffer.from(text)), true));
  for (const text of invalid)
    it(`refuses ${JSON.stringify(text)}`, () => assert.equal(isJson(Buffer.from(text)), false));

  it("decides as JSON.parse does, of valid JSON, of text near it and of any bytes", () => {
    const anyBytes = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes));
    fc.assert(
      fc.property(fc.oneof(nearJson, anyBytes), (bytes) => {
        assert.equal(isJson(bytes), jsonMistake(bytes) === undefined, bytes.toString());
      }),
      { numRuns: 5000 },
    );
  });

  it("refuses what is not UTF-8", () => assert.equal(isJson(Buffer.from([0x22, 0xff, 0x22])), false));

  it("takes a value nested as deep as a payload is long, and reads a view of longer bytes", () => {
    const deep = `${'[{"a":'.repeat(100_000)}1${"}]".repeat(100_000)}`;
    assert.equal(isJson(Buffer.from(`]${deep}}`).subarray(1, -1)), true);
    assert.equal(isJson(Buffer.from(deep.slice(0, -1))), false);
  });
});
