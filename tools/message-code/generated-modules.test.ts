import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../house.ts";
import { messageModules } from "./generate.ts";

describe("the code that is generated from the list of fields", function () {
  this.timeout(30_000);

  it("is in the repository as the list generates it", () => {
    for (const { path, code } of messageModules()) {
      const written = readFileSync(join(root, path), "utf8");
      assert.equal(written, code, `${path}: run 'npm run message:generate' and commit what it changes`);
    }
  });
});
