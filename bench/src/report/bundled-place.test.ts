import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { moduleOf } from "./bundled-place.ts";

describe("the place of a function in a built package", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "exo-place-"));
    mkdirSync(join(folder, "build/broker/src/parts"), { recursive: true });
  });
  after(() => rmSync(folder, { recursive: true }));

  it("is told by the module that it was written in", () => {
    const text = 'import "x";\n// src/core/a.js\nfunction a() {}\n// src/grpc/b.js\n\nfunction b() {}\n';
    const file = join(folder, "build/broker/src/parts/main.js");
    writeFileSync(file, text);
    const { href: url } = pathToFileURL(file);
    const of = (lineNumber: number) => {
      const place = moduleOf({ url, lineNumber });
      return `${place.url.replace(/^.*\/build\//, "")}:${place.lineNumber}`;
    };
    assert.deepEqual([2, 5].map(of), ["broker/src/core/a.js:1", "broker/src/grpc/b.js:2"]);
    assert.equal(of(0), "broker/src/parts/main.js:0");
  });

  it("stays where it is in any other file", () => {
    for (const url of [
      "",
      "node:net",
      "file:///a/node_modules/@grpc/grpc-js/build/src/call.js",
      "file:///a/sdk/src/x.ts",
    ])
      assert.deepEqual(moduleOf({ url, lineNumber: 7 }), { url, lineNumber: 7 });
  });
});
