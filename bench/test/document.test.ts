import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { withFigures } from "../src/report/document.ts";
import { readResult } from "../src/report/files.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

describe("docs/performance.md", () => {
  const page = readFileSync(`${root}docs/performance.md`, "utf8");

  it("has the figures of the result that is kept; 'npm run bench:docs' puts them there", () => {
    assert.equal(withFigures(page, readResult(`${root}bench/results`)), page);
  });

  it("shows what is there", () => {
    for (const [, target = ""] of page.matchAll(/\]\(\.\.\/([^)]+)\)/g)) assert.ok(existsSync(root + target), target);
  });
});
