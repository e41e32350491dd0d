import assert from "node:assert/strict";
import fc from "fast-check";
import { defaultRedacted, redaction } from "./redaction.ts";

const redact = redaction(defaultRedacted);

describe("the redaction of payloads", () => {
  it("hides fields by their names, at any depth, however they are spelt", () => {
    const clean = redact('{"a":[{"Access-Token":"x","api_key":{"b":1}}],"PASSWORD":1,"note":"my password"}');
    assert.deepEqual(JSON.parse(clean), {
      a: [{ "Access-Token": "•••", api_key: "•••" }],
      PASSWORD: "•••",
      note: "my password",
    });
  });

  it("leaves everything else as it was sent: 64-bit integers, order, white space", () => {
    const text = '{ "b": 9007199254740993, "a": 1.0 }';
    assert.equal(redact(text), text);
    assert.match(redact('{"b":9007199254740993,"a":1.0,"secret":1}'), /"b":9007199254740993,"a":1\.0,/);
  });

  it("is not taken in by escapes in the name of a field", () => {
    assert.ok(!redact('{"p\\u0061ssword":"hopper"}').includes("hopper"));
  });

  it("hides all that follows in text that was cut off, or is no JSON", () => {
    assert.ok(!redact('{"a":1,"token":"abc', true).includes("abc"));
    assert.ok(!redact('{"a":1,"token":"abc').includes("abc"));
    assert.equal(redact('{"a":"xyz', true), '{"a":"xyz');
  });

  it("never lets a hidden value through", () => {
    const value = fc.anything({ values: [fc.string(), fc.integer(), fc.constant(null)], maxDepth: 3 });
    fc.assert(
      fc.property(value, (around) => {
        const text = JSON.stringify({ around, deep: [{ password: "n3v3r-shown" }] });
        return !redact(text).includes("n3v3r-shown");
      }),
    );
  });

  it("hides what it is told to, and nothing if that is nothing", () => {
    assert.equal(redaction(["card.number"])('{"card.number":1}'), '{"card.number":"•••"}');
    assert.equal(redaction([])('{"password":1}'), '{"password":1}');
  });
});
