import assert from "node:assert/strict";
import { wordsOf } from "./app-words.ts";

describe("what an app says beside an error", () => {
  it("is kept as one line that can be printed", () => {
    assert.equal(wordsOf(Buffer.from("no such user\r\n\x1b[2Jgone\n")), "no such user\\u000d\\u000a\\u001b[2Jgone");
  });

  it("loses the values of fields that nobody should read", () => {
    assert.equal(wordsOf(Buffer.from('{"error":"wrong","password":"p4"}')), '{"error":"wrong","password":"•••"}');
  });

  it("is cut at 1 KiB, also within a character or a field", () => {
    const words = wordsOf(Buffer.from(`${"x".repeat(1023)}ü and more`));
    assert.equal(words, `${"x".repeat(1023)}…`);
    assert.doesNotMatch(wordsOf(Buffer.from(`{"token":"${"s3cret".repeat(300)}"}`)), /s3cret/);
  });
});
