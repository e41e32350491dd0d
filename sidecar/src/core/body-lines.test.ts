import assert from "node:assert/strict";
import fc from "fast-check";
import { type BodyLine, BodyLines } from "./body-lines.ts";

/** The lines of a body that comes in these pieces. */
function linesOf(pieces: readonly string[], maxBytes = 100): string[] {
  const lines = new BodyLines(maxBytes);
  const found: string[] = [];
  const take = () => {
    for (let line = lines.next(); line; line = lines.next()) found.push(textOf(line));
  };
  for (const piece of pieces) {
    lines.add(Buffer.from(piece));
    take();
  }
  lines.end();
  take();
  return found;
}

const textOf = (line: BodyLine) => (line === "too long" ? "<too long>" : Buffer.from(line).toString());

describe("the lines of a body", () => {
  it("end with LF, CRLF or the body, and may come in any pieces", () => {
    assert.deepEqual(linesOf(["a\nb\r\nc"]), ["a", "b", "c"]);
    assert.deepEqual(linesOf(["a", "\n", "b\r", "\nc", "c"]), ["a", "b", "cc"]);
    assert.deepEqual(linesOf([]), []);
    assert.deepEqual(linesOf(["\n"]), []);
  });

  it("are passed over where they are blank", () => {
    assert.deepEqual(linesOf(["\n\r\n \t\n", "  ", "\na\n\n"]), ["a"]);
  });

  it("are given out one by one, when they are asked for", () => {
    const lines = new BodyLines(100);
    lines.add(Buffer.from("a\nb\n"));
    lines.add(Buffer.from("c"));
    assert.equal(textOf(lines.next() ?? "too long"), "a");
    assert.equal(lines.ends, 1);
    assert.equal(textOf(lines.next() ?? "too long"), "b");
    assert.equal(lines.next(), undefined);
    lines.add(Buffer.from("d\n"));
    assert.equal(textOf(lines.next() ?? "too long"), "cd");
    lines.end();
    assert.equal(lines.next(), undefined);
    assert.equal(lines.ends, 3);
  });

  it("that are too long are reported once, where they stand, before they have come to their end", () => {
    assert.deepEqual(linesOf(["123456789\na\n"], 8), ["<too long>", "a"]);
    assert.deepEqual(linesOf(["a\n12345", "6789", "\r", "\nb\n"], 8), ["a", "<too long>", "b"]);
    assert.deepEqual(linesOf(["12345678\n123456789"], 8), ["12345678", "<too long>"]);
    const lines = new BodyLines(8);
    lines.add(Buffer.from("123456789"));
    assert.equal(lines.next(), "too long");
    lines.add(Buffer.from("x".repeat(1000)));
    assert.equal(lines.next(), undefined);
  });

  it("are the same however the body is cut", () => {
    const body = fc.string({ unit: fc.constantFrom("a", "\u00e4", "\n", "\r\n", " ", "bbbbbbbbbbbbb"), maxLength: 40 });
    fc.assert(
      fc.property(body, fc.array(fc.nat(60)), (text, cuts) => {
        const bytes = Buffer.from(text);
        const sorted = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
        const lines = new BodyLines(20);
        const found: string[] = [];
        for (const [index, from] of sorted.slice(0, -1).entries()) {
          lines.add(bytes.subarray(from, sorted[index + 1]));
          for (let line = lines.next(); line; line = lines.next()) found.push(textOf(line));
        }
        lines.end();
        for (let line = lines.next(); line; line = lines.next()) found.push(textOf(line));
        const expected = text
          .split("\n")
          .map((line) => (Buffer.byteLength(line) > 20 ? "<too long>" : line.replace(/\r$/, "")))
          .filter((line) => /[^\s]/.test(line));
        assert.deepEqual(found, expected);
      }),
    );
  });
});
