import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { call, root } from "./house.ts";

const folder = join(root, "tools/proto-tools");

/**
 * Runs buf in the repository's folder, which needs no network: its plugin, ts-proto, is a local one. Both are installed by the first run, as
 * they have 120 MB that no other task needs. Returns its exit code.
 *
 * @throws Error if they cannot be installed
 */
export function buf(...args: readonly string[]): number {
  return call(bufProgram(), args);
}

/**
 * The program of buf, which is run by Node; installed if it is not there.
 *
 * @throws Error if it cannot be installed
 */
export function bufProgram(): string {
  if (!isInstalled()) install();
  return join(folder, "node_modules/@bufbuild/buf/bin/buf");
}

/** npm keeps a copy of the lockfile beside the packages: as long as it is the younger one, it fits. */
function isInstalled(): boolean {
  const installed = join(folder, "node_modules/.package-lock.json");
  return existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(folder, "package-lock.json")).mtimeMs;
}

function install(): void {
  console.error("Installing the generators of code (once) …");
  const file = process.env.npm_execpath;
  const [command, first] = file ? [process.execPath, [file]] : ["npm", []];
  const args = ["ci", "--no-audit", "--no-fund", "--loglevel=error", "--prefix", folder];
  const { status, error } = spawnSync(command, [...first, ...args], {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (status !== 0) throw new Error(`The generators could not be installed${error ? `: ${error.message}` : ""}.`);
}
