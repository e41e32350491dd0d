import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { DeployFile, SecretFile } from "@exosphere/deploy";
import { listFile, listText } from "./output-plan.ts";

/** What an output folder is to hold. */
export interface Output {
  readonly folder: string;
  /** The command that generates it, for the list. */
  readonly command: string;
  readonly files: readonly DeployFile[];
  readonly secrets: readonly SecretFile[];
  /** Generated earlier, to go. */
  readonly removed: readonly string[];
}

/**
 * Writes an output folder whole or not at all: into a new folder beside it, which then takes its place. What others have put there
 * is kept.
 */
export function writeOutput(output: Output): void {
  const { folder } = output;
  const [next, old] = [`${folder}.next-${process.pid}`, `${folder}.old-${process.pid}`];
  mkdirSync(dirname(folder), { recursive: true });
  try {
    writeFolder(next, output);
    const ours = new Set([...output.files, ...output.secrets].map(({ path }) => path).concat(output.removed, listFile));
    if (existsSync(folder)) keepOthers(folder, next, ours);
    replace(folder, next, old);
  } finally {
    rmSync(next, { recursive: true, force: true });
  }
}

/** Writes the files into a folder that is not there yet. */
export function writeFolder(folder: string, { command, files, secrets }: Omit<Output, "folder" | "removed">): void {
  mkdirSync(folder, { recursive: true });
  // Before anything is in them.
  for (const { path } of secrets) mkdirSync(join(folder, path.split("/")[0] ?? ""), { recursive: true, mode: 0o700 });
  const put = (path: string, text: string, mode: number) => {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    // Not by the option `mode`, which the process's umask takes bits from.
    chmodSync(file, mode);
  };
  for (const { path, text, isForContainers } of secrets) put(path, text, isForContainers ? 0o644 : 0o600);
  for (const { path, text, isExecutable } of files) put(path, text, isExecutable ? 0o755 : 0o644);
  put(listFile, listText(command, files), 0o644);
}

/** Links, rather than copies, so that the same file is in both for the moment. */
function keepOthers(from: string, to: string, ours: ReadonlySet<string>, below = ""): void {
  for (const name of readdirSync(join(from, below))) {
    const path = below === "" ? name : `${below}/${name}`;
    const [source, target] = [join(from, path), join(to, path)];
    const stats = lstatSync(source);
    if (stats.isDirectory()) {
      const isNew = !existsSync(target);
      keepFolder(source, target, () => keepOthers(from, to, ours, path));
      // What was generated in it has gone, and nothing else was there.
      if (isNew && readdirSync(target).length === 0 && readdirSync(source).length > 0)
        rmSync(target, { recursive: true });
    } else if (ours.has(path)) continue;
    else if (stats.isSymbolicLink()) symlinkSync(readlinkSync(source), target);
    else linkSync(source, target);
  }
}

function keepFolder(source: string, target: string, fill: () => void): void {
  mkdirSync(target, { recursive: true });
  fill();
  chmodSync(target, statSync(source).mode & 0o7777);
}

function replace(folder: string, next: string, old: string): void {
  if (!existsSync(folder)) return renameSync(next, folder);
  renameSync(folder, old);
  try {
    renameSync(next, folder);
  } catch (error) {
    renameSync(old, folder);
    throw error;
  }
  rmSync(old, { recursive: true, force: true });
}
