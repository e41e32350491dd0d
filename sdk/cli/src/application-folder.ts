import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

/**
 * The folder of the application that a command is about: the one that was named, else the nearest folder with an application.yml,
 * from the current folder upwards. Where there is none it is the current folder, whose reader says what is missing.
 */
export function applicationFolder(named: string | undefined, current: string = process.cwd()): string {
  if (named !== undefined) return resolve(current, named);
  for (let folder = current; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "application.yml"))) return folder;
    if (folder === dirname(folder)) return current;
  }
}
