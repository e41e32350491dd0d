import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { buildFolder, buildIfStale } from "../build-tree.ts";
import { publishable } from "../house.ts";
import type { PublishedManifest } from "../manifest.ts";
import { npm } from "./npm.ts";

/** A package as it is published. */
export interface Tarball {
  readonly name: string;
  readonly version: string;
  /** The absolute path of the .tgz. */
  readonly file: string;
  readonly manifest: PublishedManifest;
}

/**
 * Builds what is stale and packs publishable workspaces, all by default, into a folder. Returns them in the order in which they have
 * to be published: none before what it depends on.
 *
 * @throws Error if the sources do not compile, NpmError if one cannot be packed
 */
export async function packTarballs(folder: string, workspaces: readonly string[] = publishable): Promise<Tarball[]> {
  buildIfStale();
  mkdirSync(folder, { recursive: true });
  const folders = workspaces.map((workspace) => join(buildFolder, workspace));
  const args = ["pack", "--json", "--pack-destination", folder, "--loglevel=error", ...folders];
  const packed = JSON.parse(await npm(args, { cwd: folder })) as PackedOutput;
  const fileNames = new Map(Object.values(packed).map(({ name, filename }) => [name, filename]));
  const tarballs = folders.map((path) => {
    const manifest = JSON.parse(readFileSync(join(path, "package.json"), "utf8")) as PublishedManifest;
    const { name, version } = manifest;
    const fileName = fileNames.get(name);
    if (fileName === undefined) throw new Error(`npm pack does not say what it made of ${name}.`);
    return { name, version, manifest, file: join(folder, fileName) };
  });
  return inOrderOfDependencies(tarballs);
}

/** What `npm pack --json` prints: an array, with newer ones an object by name. */
type PackedOutput = Readonly<Record<string, { readonly name: string; readonly filename: string }>>;

/** Packages, none before those of them that it depends on. Throws an Error where they depend on each other. */
export function inOrderOfDependencies<Package extends Pick<Tarball, "name" | "manifest">>(
  packages: readonly Package[],
): Package[] {
  const byName = new Map(packages.map((each) => [each.name, each]));
  const ordered = new Set<Package>();
  const visit = (each: Package, path: readonly string[]) => {
    if (path.includes(each.name)) throw new Error(`Packages depend on each other: ${[...path, each.name].join(" → ")}`);
    for (const name of Object.keys(each.manifest.dependencies ?? {})) {
      const dependency = byName.get(name);
      if (dependency && !ordered.has(dependency)) visit(dependency, [...path, each.name]);
    }
    ordered.add(each);
  };
  for (const each of packages) if (!ordered.has(each)) visit(each, []);
  return [...ordered];
}
