import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Manifest } from "./manifest.ts";

/** The folder of the repository. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The JavaScript file behind a command of an installed package. */
export function installed(path: string): string {
  return join(root, "node_modules", path);
}

/** Runs a Node script or a binary in the repository's folder, shows its output, and leaves with its exit code if it fails. */
export function run(file: string, args: readonly string[]): void {
  const status = call(file, args);
  if (status !== 0) process.exit(status);
}

/** Like `run`, but returns the exit code. */
export function call(file: string, args: readonly string[]): number {
  const isScript = /\.[cm]?[jt]s$|\/bin\/(biome|tsc|buf)$/.test(file);
  const command = isScript ? process.execPath : file;
  const { status, error } = spawnSync(command, isScript ? [file, ...args] : [...args], { cwd: root, stdio: "inherit" });
  if (error) throw error;
  return status ?? 1;
}

/** Says in lines of its message why a task failed, and sets the exit code to 1. Throws what is a mistake of the program, such as a TypeError. */
export function reportFailure(task: string, error: unknown): void {
  if (!(error instanceof Error) || error.name !== "Error") throw error;
  console.error(error.message.replace(/^/gm, `${task}: `));
  process.exitCode = 1;
}

/** Files of the repository that match a glob, without what is installed or built. */
export function files(pattern: string): string[] {
  return globSync(pattern, { cwd: root, exclude: (path) => /(^|\/)(node_modules|build)$/.test(String(path)) }).sort();
}

/** The package.json of a workspace, or of the repository. */
export function manifestOf(workspace = ""): Manifest {
  return JSON.parse(readFileSync(join(root, workspace, "package.json"), "utf8")) as Manifest;
}

/** Folders of the workspaces, as the repository's package.json lists them. */
export const workspaces: readonly string[] = manifestOf().workspaces ?? [];

/** Folders of the workspaces that are published. */
export const publishable: readonly string[] = workspaces.filter((workspace) => manifestOf(workspace).private !== true);
