import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasSection, releaseObstacles } from "./readiness.ts";

describe("what keeps a repository from being released", () => {
  let root: string;
  const git = (...args: readonly string[]) =>
    execFileSync("git", ["-c", "user.name=A", "-c", "user.email=a@example.org", ...args], {
      cwd: root,
      stdio: "ignore",
    });
  const commit = (changelog: string) => {
    writeFileSync(join(root, "CHANGELOG.md"), changelog);
    git("add", "-A");
    git("commit", "-m", "change");
  };
  const obstacles = (own = "1.2.0") =>
    releaseObstacles({ root, version: "1.2.0", packageVersions: new Map([["@exosphere/sdk", own]]) });

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "exosphere-release-"));
    git("init");
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it("is nothing for a clean commit with the tag and a section in the changelog", () => {
    commit("# Changelog\n\n## [1.2.0] - 2026-12-01\n");
    git("tag", "v1.2.0");
    assert.deepEqual(obstacles(), []);
  });

  it("is named all at once", () => {
    commit("# Changelog\n\n## [Unreleased]\n");
    git("tag", "v1.1.0");
    writeFileSync(join(root, "new.txt"), "");
    const [version = "", tree = "", tag = "", changelog = "", ...more] = obstacles("1.1.0");
    assert.match(version, /@exosphere\/sdk has version 1\.1\.0, not 1\.2\.0/);
    assert.match(tree, /not committed \(1, such as new\.txt\)/);
    assert.match(tag, /no tag v1\.2\.0: git tag/);
    assert.match(changelog, /no section '## \[1\.2\.0\]'/);
    assert.deepEqual(more, []);
  });

  it("takes a version for itself alone", () => {
    assert.equal(hasSection("## [1.2.0-beta]\n## [11.2.0]\n", "1.2.0"), false);
  });
});
