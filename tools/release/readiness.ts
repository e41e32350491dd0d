import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Where a release is made from, for the checks that come before everything else. */
export interface ReleaseSource {
  /** Absolute path of the repository. */
  readonly root: string;
  readonly version: string;
  /** Versions of the packages, by their names. */
  readonly packageVersions: ReadonlyMap<string, string>;
}

/** What keeps a repository from being released, a line each: what is wrong and what to do. Empty if nothing does. */
export function releaseObstacles({ root, version, packageVersions }: ReleaseSource): string[] {
  const tag = `v${version}`;
  const obstacles = [...packageVersions]
    .filter(([, own]) => own !== version)
    .map(
      ([name, own]) => `${name} has version ${own}, not ${version}: all packages share the version of the repository`,
    );
  const changed = git(root, "status", "--porcelain").split("\n").filter(Boolean);
  if (changed.length > 0)
    obstacles.push(`the tree has changes that are not committed (${changed.length}, such as ${changed[0]?.slice(3)})`);
  if (!git(root, "tag", "--points-at", "HEAD").split("\n").includes(tag))
    obstacles.push(`the commit has no tag ${tag}: git tag -a ${tag} -m ${tag}`);
  if (!hasSection(readFileSync(join(root, "CHANGELOG.md"), "utf8"), version))
    obstacles.push(`CHANGELOG.md has no section '## [${version}]': name what stands under Unreleased so`);
  return obstacles;
}

/** Whether a changelog has a section for a version, as https://keepachangelog.com has them. */
export function hasSection(changelog: string, version: string): boolean {
  return changelog.split("\n").some((line) => line === `## [${version}]` || line.startsWith(`## [${version}] `));
}

function git(root: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync("git", args, { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(`git ${args[0]} failed: ${stderr.trim()}`);
  return stdout;
}
