import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { SettingsError } from "@exosphere/settings";
import type { Files } from "./service-files.ts";

/**
 * Writes files into a folder that is not there, or empty: all of them or none.
 *
 * @throws SettingsError if something is there already
 */
export function writeFolder(folder: string, files: Files): void {
  if (existsSync(folder)) {
    if (!statSync(folder).isDirectory()) throw new SettingsError([`'${folder}' is a file; name a folder`]);
    if (readdirSync(folder).length > 0)
      throw new SettingsError([`'${folder}' is not empty; name a folder that is empty, or not there yet`]);
  }
  mkdirSync(dirname(folder), { recursive: true });
  const next = `${folder}.${process.pid}.new`;
  try {
    for (const [path, text] of Object.entries(files)) {
      const file = join(next, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    // Into an empty folder that somebody stands in, files are moved; a new one is put into place as a whole.
    if (!existsSync(folder)) renameSync(next, folder);
    else {
      for (const name of readdirSync(next)) renameSync(join(next, name), join(folder, name));
      rmdirSync(next);
    }
  } finally {
    rmSync(next, { recursive: true, force: true });
  }
}

/** Replaces a file as a whole: whoever reads it finds the old text or the new one. */
export function replaceFile(file: string, text: string): void {
  const next = `${file}.${process.pid}.new`;
  writeFileSync(next, text);
  renameSync(next, file);
}
