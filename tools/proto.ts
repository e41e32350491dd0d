import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { call, installed } from "./house.ts";

/** Where generated code is, in the repository and below any other folder that it is generated into. */
export const generatedFolder = "proto/src/gen";

/** Runs buf, which needs no network: its plugin is a local one. Returns its exit code. */
export function buf(...args: readonly string[]): number {
  return call(installed("@bufbuild/buf/bin/buf"), args);
}

/** Generates the TypeScript code and the descriptors that gRPC reflection serves, below a folder. */
export function generate(folder: string): void {
  const descriptors = join(folder, generatedFolder, "descriptors.binpb");
  const status =
    buf("generate", "--output", folder) ||
    // Comments and positions would double its size, and nobody asks reflection for them.
    buf("build", "--as-file-descriptor-set", "--exclude-source-info", "--output", descriptors);
  if (status !== 0) throw new Error("buf cannot generate code from proto/; it says why above.");
}

/** Files that differ between two folders, or are in only one of them. */
export function differences(left: string, right: string): string[] {
  const names = new Set([...filesOf(left), ...filesOf(right)]);
  return [...names].filter((name) => content(join(left, name)) !== content(join(right, name))).sort();
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

function content(file: string): string | undefined {
  try {
    return readFileSync(file, "base64");
  } catch {
    return undefined;
  }
}
