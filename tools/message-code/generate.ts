import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { installed, root } from "../house.ts";
import { entriesFile } from "./entries-file.ts";
import { exitsFile } from "./exits-file.ts";

/** A module that is generated from the list of fields. */
export interface GeneratedModule {
  /** Relative to the repository. */
  readonly path: string;
  readonly code: string;
}

const note =
  "Generated from the list of fields, ../fields.ts, by tools/message-code. Do not edit: run 'npm run message:generate'.";

/** What reads and writes messages at the edges, a property for each field. */
export function messageModules(): readonly GeneratedModule[] {
  return Object.entries({ entries: entriesFile(), exits: exitsFile() }).map(([name, code]) => {
    const path = `runtime/message/src/gen/${name}.ts`;
    return { path, code: laidOut(path, `// ${note}\n${code}`) };
  });
}

/** Writes these modules into the repository. */
export function writeMessageModules(): void {
  for (const { path, code } of messageModules()) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), code);
  }
}

/** Code as the formatter of the repository lays it out. */
function laidOut(path: string, code: string): string {
  const args = [installed("@biomejs/biome/bin/biome"), "check", "--write", `--stdin-file-path=${path}`];
  const { stdout, status, stderr } = spawnSync(process.execPath, args, { cwd: root, input: code, encoding: "utf8" });
  if (status !== 0) throw new Error(`The code generated for ${path} cannot be laid out: ${stderr}`);
  return stdout;
}
