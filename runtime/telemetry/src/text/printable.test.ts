import assert from "node:assert/strict";
import fc from "fast-check";
import { printable, printableLines } from "./printable.ts";

describe("printable", () => {
  it("leaves text of people alone", () => {
    for (const text of ["", "users.create", "Grüße an Ada", "日本語", "👩‍👩‍👧", 'say "hi"', "C:\\temp"])
      assert.equal(printable(text), text);
  });

  it("shows as an escape what a terminal would obey", () => {
    const forged = "x\x1b[2J\nexocom | INFO forged";
    assert.equal(printable(forged), "x\\u001b[2J\\u000aexocom | INFO forged");
    assert.equal(printable("a\r\tb\x7f\x9b1mc"), "a\\u000d\\u0009b\\u007f\\u009b1mc");
  });

  it("shows as an escape what turns text around, separates lines, or is half a character", () => {
    assert.equal(printable("a\u202eb\u2066c\u2028d\u200fe\ufefff"), "a\\u202eb\\u2066c\\u2028d\\u200fe\\ufefff");
    assert.equal(printable("\ud83d and \udc4d"), "\\ud83d and \\udc4d");
  });

  it("cuts off what is longer than wanted", () => {
    assert.equal(printable("abcdef", { maxLength: 3 }), "abc…");
    assert.equal(printable("abc", { maxLength: 3 }), "abc");
    assert.equal(printable("a👍", { maxLength: 2 }), "a\\ud83d…");
  });

  it("keeps colours where they are wanted, and ends them with the line", () => {
    assert.equal(printable("\x1b[1;31mred\x1b[2J", { keepColours: true }), "\x1b[1;31mred\\u001b[2J\x1b[0m");
    assert.equal(printable("plain\rtext", { keepColours: true }), "plain\\u000dtext");
    assert.equal(printable("\x1b[1;31mred"), "\\u001b[1;31mred");
  });

  it("never prints a control character, whatever the text", () => {
    const text = fc.string({ unit: "binary", maxLength: 40 });
    fc.assert(fc.property(text, (any) => !/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(printable(any))));
  });

  it("keeps the line ends of a stack", () => {
    assert.equal(printableLines("Error: a\x1b\r\n    at b"), "Error: a\\u001b\n    at b");
  });
});
