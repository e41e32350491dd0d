import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { embeddedFile } from "./single-executable.ts";

/** What is read of a package.json. */
export interface PackageManifest {
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** Version of the package that a module belongs to: `packageVersion(import.meta.url)`. Throws as `packageManifest` does. */
export function packageVersion(importMetaUrl: string): string {
  return packageManifest(importMetaUrl).version;
}

/**
 * Manifest of the package that a module belongs to. Takes the nearest package.json that has a version, from the sources as well as from a
 * built tree. In a single executable all packages are one, of its version and without dependencies. Throws an Error if there is none up to
 * the root.
 */
export function packageManifest(importMetaUrl: string): PackageManifest {
  const embedded = embeddedFile("version");
  if (embedded) return { version: embedded.toString(), dependencies: {} };
  const module = fileURLToPath(importMetaUrl);
  for (let folder = dirname(module); ; folder = dirname(folder)) {
    const manifest = manifestIn(join(folder, "package.json"));
    if (manifest !== undefined) return manifest;
    if (folder === dirname(folder)) throw new Error(`No package.json with a version in the folders above ${module}`);
  }
}

function manifestIn(file: string): PackageManifest | undefined {
  try {
    const { version, dependencies = {} } = JSON.parse(readFileSync(file, "utf8")) as Partial<PackageManifest>;
    return typeof version === "string" ? { version, dependencies } : undefined;
  } catch {
    // Not there, or not JSON: then a folder further up knows.
    return undefined;
  }
}
