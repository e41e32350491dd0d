import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { files, root } from "./house.ts";

// Biome holds each file below 400 lines; it cannot count files.
describe("the sizes of files", () => {
  const sizes = files("**/*.ts")
    .filter((path) => !path.startsWith("proto/src/gen/"))
    .map((path) => ({ path, lines: readFileSync(join(root, path), "utf8").split("\n").length - 1 }));

  it("exceed 250 lines in at most one of ten", () => {
    const large = sizes.filter(({ lines }) => lines > 250);
    const list = large.map(({ path, lines }) => `${path}: ${lines} lines`).join("\n");
    assert.ok(large.length <= sizes.length / 10, list);
  });
});
