import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { bundles, makeBundles } from "./bundle.ts";
import { root } from "./house.ts";

describe("what browsers load", function () {
  this.timeout(60_000);
  before(makeBundles);

  for (const { workspace, file } of bundles) {
    const path = join(root, workspace, file);

    it(`${workspace} is under 10 KB, minified and gzipped`, () => {
      const size = gzipSync(readFileSync(path), { level: 9 }).byteLength;
      assert.ok(size < 10_000, `${size} bytes`);
    });

    it(`${workspace} is one module that needs no other`, async () => {
      assert.doesNotMatch(readFileSync(path, "utf8"), /\bfrom\s*["'`]|\bimport\s*[("'`]/);
      assert.ok(Object.keys((await import(path)) as object).length > 0);
    });
  }
});
