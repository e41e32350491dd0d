import assert from "node:assert/strict";
import { cutNote, LineReader } from "./line-reader.ts";

/** The lines of a stream that arrives in these pieces. */
function linesOf(...chunks: (string | Buffer)[]): string[] {
  const lines: string[] = [];
  const reader = new LineReader((text) => lines.push(text));
  for (const chunk of chunks) reader.push(Buffer.from(chunk));
  reader.end();
  return lines;
}

describe("LineReader", () => {
  it("splits at line ends of both kinds, wherever the pieces end", () => {
    assert.deepEqual(linesOf("one\ntw", "o\r\n\nthr", "ee\n"), ["one", "two", "", "three"]);
  });

  it("hands out a last line without a line end", () => {
    assert.deepEqual(linesOf("one\ntwo"), ["one", "two"]);
    assert.deepEqual(linesOf("one\n"), ["one"]);
  });

  it("keeps a character together that came in two pieces", () => {
    const bytes = Buffer.from("käse\n");
    assert.deepEqual(linesOf(bytes.subarray(0, 2), bytes.subarray(2)), ["käse"]);
  });

  it("shows what has begun", () => {
    const reader = new LineReader(() => {});
    reader.push(Buffer.from("done\nonli"));
    reader.push(Buffer.from("ne"));
    assert.equal(reader.begun, "online");
  });

  it("cuts a line over 64 KiB and goes on with the next", () => {
    const [cut, next] = linesOf("x".repeat(40_000), `${"x".repeat(40_000)}\nnext\n`);
    assert.equal(cut, "x".repeat(65_536) + cutNote);
    assert.equal(next, "next");
    assert.deepEqual(linesOf(`${"x".repeat(65_536)}\n`), ["x".repeat(65_536)]);
  });

  it("does not cut through a character", () => {
    assert.equal(linesOf(`${"x".repeat(65_535)}ä\n`)[0], "x".repeat(65_535) + cutNote);
  });
});
