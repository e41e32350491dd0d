import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { packageVersion } from "./version.ts";

describe("the version of a package", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "exo-version-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("is that of the nearest package.json", () => {
    const own = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
    assert.equal(packageVersion(import.meta.url), own.version);
  });

  it("is found past a package.json that only marks modules, as built trees have", () => {
    mkdirSync(join(folder, "build", "src"), { recursive: true });
    writeFileSync(join(folder, "package.json"), '{"version": "1.2.3"}');
    writeFileSync(join(folder, "build", "package.json"), '{"type": "module"}');
    assert.equal(packageVersion(pathToFileURL(join(folder, "build", "src", "main.js")).href), "1.2.3");
  });

  it("is missed with an error that says where", () => {
    assert.throws(() => packageVersion("file:///nowhere/at/all.js"), /above \/nowhere\/at\/all\.js/);
  });
});
