import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isVersion, setVersion, withRelease } from "./set-version.ts";

describe("the version of a release", () => {
  it("is given to all packages, to what they name of each other, to the lockfile and to the changelog", async function () {
    this.timeout(30_000);
    const root = mkdtempSync(join(tmpdir(), "exosphere-version-"));
    const read = (file: string) => JSON.parse(readFileSync(join(root, file), "utf8"));
    try {
      for (const name of ["a", "b"]) mkdirSync(join(root, name));
      const write = (file: string, content: unknown) => writeFileSync(join(root, file), JSON.stringify(content));
      write("package.json", { name: "all", version: "1.0.0", workspaces: ["a", "b"], devDependencies: { a: "1.0.0" } });
      write("a/package.json", { name: "a", version: "1.0.0" });
      write("b/package.json", {
        name: "b",
        version: "1.0.0",
        dependencies: { a: "1.0.0" },
        peerDependencies: { a: "1.0.0" },
      });
      writeFileSync(join(root, "CHANGELOG.md"), "# Changelog\n\n## [Unreleased]\n\n- News.\n");
      await setVersion(root, "1.1.0", "2026-12-01");
      assert.deepEqual(read("package.json").devDependencies, { a: "1.1.0" });
      assert.equal(read("a/package.json").version, "1.1.0");
      assert.deepEqual(
        [read("b/package.json").dependencies, read("b/package.json").peerDependencies],
        [{ a: "1.1.0" }, { a: "1.1.0" }],
      );
      assert.equal(read("package-lock.json").packages.b.version, "1.1.0");
      const changelog = readFileSync(join(root, "CHANGELOG.md"), "utf8");
      assert.equal(changelog, "# Changelog\n\n## [Unreleased]\n\n## [1.1.0] - 2026-12-01\n\n- News.\n");
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  it("is refused where nothing is new", () => {
    assert.throws(
      () => withRelease("# Changelog\n\n## [Unreleased]\n\n## [1.0.0]\n\n- Old.\n", "1.1.0", ""),
      /nothing under/,
    );
    assert.throws(() => withRelease("# Changelog\n\n## [Unreleased]\n", "1.1.0", ""), /nothing under/);
  });

  it("is one by Semantic Versioning", () => {
    assert.deepEqual(["1.2.0", "0.1.0-beta.1", "1.2", "v1.2.0", "01.2.0", ""].map(isVersion), [
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});
