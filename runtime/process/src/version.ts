import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { embeddedFile } from "./single-executable.ts";

/**
 * Version of the package that a module belongs to: `packageVersion(import.meta.url)`. Takes the nearest package.json that
 * has one, from the sources as well as from a built tree. In a single executable all packages have its version. Throws an Error if
 * there is none up to the root.
 */
export function packageVersion(importMetaUrl: string): string {
  const embedded = embeddedFile("version");
  if (embedded) return embedded.toString();
  const module = fileURLToPath(importMetaUrl);
  for (let folder = dirname(module); ; folder = dirname(folder)) {
    const version = versionIn(join(folder, "package.json"));
    if (version !== undefined) return version;
    if (folder === dirname(folder)) throw new Error(`No package.json with a version in the folders above ${module}`);
  }
}

function versionIn(file: string): string | undefined {
  try {
    const { version } = JSON.parse(readFileSync(file, "utf8")) as { version?: unknown };
    return typeof version === "string" ? version : undefined;
  } catch {
    // Not there, or not JSON: then a folder further up knows.
    return undefined;
  }
}
