import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { files, root } from "./house.ts";

describe("the sizes of files", () => {
  const sizes = files("**/*.ts")
    .filter((path) => !path.startsWith("proto/src/gen/"))
    .map((path) => ({ path, lines: readFileSync(join(root, path), "utf8").split("\n").length - 1 }));
  const describeAll = (some: typeof sizes) => some.map(({ path, lines }) => `${path}: ${lines} lines`);

  it("never exceed 400 lines", () => {
    assert.deepEqual(describeAll(sizes.filter(({ lines }) => lines > 400)), []);
  });

  it("exceed 250 lines in at most one of ten", () => {
    const large = sizes.filter(({ lines }) => lines > 250);
    assert.ok(large.length <= sizes.length / 10, describeAll(large).join("\n"));
  });
});
