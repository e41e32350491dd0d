import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DeployFile } from "@exosphere/deploy";

/** The file that lists what was generated, with hashes: what differs from them was edited by somebody. */
export const listFile = ".exo-deploy.json";

/** What is to be done in an output folder, by path. */
export interface OutputPlan {
  /** New files, and those whose text changes. */
  readonly written: readonly string[];
  readonly unchanged: readonly string[];
  /** Generated earlier, and not any more. */
  readonly removed: readonly string[];
  /** Edited since they were generated, or by others from the start: not to be touched without being told to. */
  readonly edited: readonly string[];
}

/** Compares the files of a target with what is in its output folder. */
export function planOutput(folder: string, files: readonly DeployFile[]): OutputPlan {
  const listed = readList(folder);
  const plan = { written: [] as string[], unchanged: [] as string[], removed: [] as string[], edited: [] as string[] };
  for (const { path, text } of files) {
    const there = textOf(folder, path);
    if (there === text) plan.unchanged.push(path);
    else if (there === undefined || listed.get(path) === hashOf(there)) plan.written.push(path);
    else plan.edited.push(path);
  }
  const generated = new Set(files.map(({ path }) => path));
  for (const [path, hash] of listed) {
    const there = generated.has(path) ? undefined : textOf(folder, path);
    if (there !== undefined) (hashOf(there) === hash ? plan.removed : plan.edited).push(path);
  }
  return plan;
}

/** The text of the list for these files. */
export function listText(command: string, files: readonly DeployFile[]): string {
  const hashes = files.map(({ path, text }) => [path, hashOf(text)] as const).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${JSON.stringify({ command, files: Object.fromEntries(hashes) }, null, 2)}\n`;
}

/** The text of a file in a folder; undefined if it is not there. */
export function textOf(folder: string, path: string): string | undefined {
  try {
    return readFileSync(join(folder, path), "utf8");
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}

/** A list that is broken lists nothing: what differs then counts as edited. */
function readList(folder: string): ReadonlyMap<string, string> {
  try {
    const { files } = JSON.parse(textOf(folder, listFile) ?? "{}") as { files?: Record<string, unknown> };
    const entries = Object.entries(files ?? {}).filter(([path, hash]) => typeof hash === "string" && isInside(path));
    return new Map(entries as [string, string][]);
  } catch {
    return new Map();
  }
}

/** Nobody's list makes the command remove a file elsewhere. */
function isInside(path: string): boolean {
  return !path.startsWith("/") && !path.split("/").includes("..");
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
