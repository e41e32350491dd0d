import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../house.ts";
import { generatedPages } from "./generated-pages.ts";

describe("the generated pages of the reference", () => {
  for (const { path, text } of generatedPages) {
    it(`has ${path} as the code generates it`, () => {
      const written = readFileSync(join(root, path), "utf8");
      assert.equal(written, text(), "run 'npm run docs:reference' and commit what it changes");
    });
  }
});
