import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Manifest } from "../manifest.ts";
import { npm } from "./npm.ts";

/** Parts of a package.json that name other packages. */
const dependencyLists = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"] as const;

/** Whether a text is a version by Semantic Versioning, without build metadata. */
export function isVersion(text: string): boolean {
  return /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[\dA-Za-z.-]+)?$/.test(text);
}

/**
 * Gives all packages of a repository a version, also where they name each other, and names what stands under Unreleased in the changelog
 * so. The lockfile follows.
 *
 * @param root absolute path
 * @param date of the release: "2026-12-01"
 * @throws Error if nothing stands under Unreleased, NpmError if the lockfile cannot follow
 */
export async function setVersion(root: string, version: string, date: string): Promise<void> {
  const changelog = join(root, "CHANGELOG.md");
  const released = withRelease(readFileSync(changelog, "utf8"), version, date);
  const { workspaces = [] } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as Manifest;
  const files = ["package.json", ...workspaces.flatMap((each) => globSync(`${each}/package.json`, { cwd: root }))];
  const manifests = files.map((file) => ({
    file,
    manifest: JSON.parse(readFileSync(join(root, file), "utf8")) as Manifest,
  }));
  const own = new Set(manifests.map(({ manifest }) => manifest.name));
  for (const { file, manifest } of manifests)
    writeFileSync(join(root, file), `${JSON.stringify(withVersion(manifest, version, own), null, 2)}\n`);
  writeFileSync(changelog, released);
  await npm(["install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: root });
}

function withVersion(manifest: Manifest, version: string, own: ReadonlySet<string>): Manifest {
  const lists = dependencyLists.flatMap((list) => {
    const dependencies = manifest[list];
    if (!dependencies) return [];
    const pinned = Object.entries(dependencies).map(([name, range]) => [name, own.has(name) ? version : range]);
    return [[list, Object.fromEntries(pinned)]];
  });
  return { ...manifest, version, ...Object.fromEntries(lists) };
}

/** A changelog whose section Unreleased has become that of a version. Throws an Error if there is nothing in it. */
export function withRelease(changelog: string, version: string, date: string): string {
  const [, before, unreleased = ""] = /^(.*?\n)## \[Unreleased\]\n(.*?)(?=\n## |$(?![\s\S]))/s.exec(changelog) ?? [];
  if (before === undefined || unreleased.trim() === "")
    throw new Error("CHANGELOG.md has nothing under '## [Unreleased]'.");
  return changelog.replace("## [Unreleased]\n", `## [Unreleased]\n\n## [${version}] - ${date}\n`);
}
