import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the repository. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The JavaScript file behind a command of an installed package. */
export function installed(path: string): string {
  return join(root, "node_modules", path);
}

/** Runs a Node script or a binary in the repository's folder, shows its output, and leaves with its exit code if it fails. */
export function run(file: string, args: readonly string[]): void {
  const isScript = /\.[cm]?[jt]s$|\/bin\/(biome|tsc|buf)$/.test(file);
  const command = isScript ? process.execPath : file;
  const { status, error } = spawnSync(command, isScript ? [file, ...args] : [...args], { cwd: root, stdio: "inherit" });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

/** Files of the repository that match a glob, without what is installed or built. */
export function files(pattern: string): string[] {
  return globSync(pattern, { cwd: root, exclude: (path) => /(^|\/)(node_modules|build)$/.test(String(path)) }).sort();
}

/** Folders of the workspaces, as the repository's package.json lists them. */
export const workspaces: readonly string[] = (
  JSON.parse(await (await import("node:fs/promises")).readFile(join(root, "package.json"), "utf8")) as {
    workspaces: string[];
  }
).workspaces;
