import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { walkRequest } from "./request-walk.ts";

const page = readFileSync(new URL("../../docs/one-request.md", import.meta.url), "utf8");

/** The files that the tables of the page name. */
function namedFiles(): Set<string> {
  const rows = page.matchAll(/^\| `([^`]+)` \| ([^|]+) \|/gm);
  const files = [...rows].flatMap(([, folder, names]) =>
    [...(names ?? "").matchAll(/`([^`]+)`/g)].map(([, name]) => `${folder}/${name}`),
  );
  return new Set(files);
}

function without(files: ReadonlySet<string>, others: ReadonlySet<string>): string[] {
  return [...files].filter((file) => !others.has(file)).sort();
}

describe("docs/one-request.md", function () {
  this.timeout(60_000);

  it("names every file that a request and its reply pass, and no other", async () => {
    const walk = await walkRequest();
    const passed = new Set(Object.values(walk).flatMap((functions) => functions.map(({ file }) => file)));
    const named = namedFiles();
    assert.ok(named.size > 80);
    assert.deepEqual(without(passed, named), [], "files that the page does not name");
    assert.deepEqual(without(named, passed), [], "files that the page names, and that nothing passed");
  });
});
