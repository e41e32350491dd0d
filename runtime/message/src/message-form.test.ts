import assert from "node:assert/strict";
import fc from "fast-check";
import { checkId, checkName } from "./message-form.ts";
import { Refusal } from "./refusal.ts";

const refused = (pattern: RegExp) => (error: unknown) => {
  assert.ok(error instanceof Refusal, String(error));
  assert.match(error.message, pattern);
  return true;
};

describe("the name of a message", () => {
  it("may have spaces, slashes, dots, percent signs and any letters", () => {
    for (const name of [
      "users.create",
      "user created",
      "a/b",
      "a%2Fb",
      "100%",
      "grüße",
      "微博",
      "👩‍👩‍👧",
      ".",
      "a+b",
      " ",
    ]) {
      assert.equal(checkName(name), name);
    }
  });

  it("has 1 to 255 bytes of UTF-8, whatever the number of characters", () => {
    for (const longest of ["a".repeat(255), "ü".repeat(127), "微".repeat(85), "👍".repeat(63)]) {
      assert.equal(checkName(longest), longest);
      assert.throws(() => checkName(`${longest}微微`), refused(/at most 255 bytes/));
    }
    assert.throws(() => checkName("a".repeat(300)), refused(/at most 255 bytes/));
    assert.throws(() => checkName(""), refused(/needs a name/));
  });

  it("has no control characters: they would command terminals and forge log lines", () => {
    for (const code of [0, 1, 9, 10, 13, 27, 31, 127, 128, 155, 159]) {
      assert.throws(() => checkName(`a${String.fromCharCode(code)}b`), refused(/control characters/), String(code));
    }
  });

  it("is valid Unicode", () => {
    for (const broken of ["\ud800", "a\udc00b", "\udc00\ud800"])
      assert.throws(() => checkName(broken), refused(/Unicode/));
  });

  it("is any text of that form", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }), (name) => {
        fc.pre(isFit(name));
        assert.equal(checkName(name), name);
      }),
    );
  });
});

describe("the id of a message or an activity", () => {
  it("is any text of 1 to 255 characters", () => {
    for (const id of ["1", "123", "a b", "ü".repeat(255), "8921249a-8eba-4ec6-a88d-717a36c440f6"]) {
      assert.equal(checkId(id, "here"), id);
    }
    assert.throws(
      () => checkId("x".repeat(256), "exo-message-id"),
      refused(/^exo-message-id has at most 255 characters/),
    );
  });

  it("counts as absent if it is empty", () => {
    assert.equal(checkId("", "here"), undefined);
    assert.equal(checkId(undefined, "here"), undefined);
  });

  it("has no control characters, and is valid Unicode", () => {
    assert.throws(() => checkId("a\nb", "exo-activity-id"), refused(/^exo-activity-id .*control characters/));
    assert.throws(() => checkId("\ud800", "The id of a reply"), refused(/^The id of a reply .*Unicode/));
  });
});

function isFit(name: string): boolean {
  return Buffer.byteLength(name) <= 255 && !/\p{Cc}/u.test(name);
}
