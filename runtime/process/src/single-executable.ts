// Node calls a program that is one file with Node and everything it reads in it a single executable application:
// https://nodejs.org/api/single-executable-applications.html
import { getAsset, isSea } from "node:sea";

/** Where the list of embedded files is kept, as a JSON array of names. */
const listName = "files.json";

/** A file that is embedded in this single executable, by its name. Undefined if this is not one. Throws an Error if it has no such file. */
export function embeddedFile(name: string): Buffer | undefined {
  return isSea() ? Buffer.from(getAsset(name)) : undefined;
}

/** The embedded files whose names begin with a folder, by the rest of their names. Undefined if this is not a single executable. */
export function embeddedFiles(folder: string): ReadonlyMap<string, Buffer> | undefined {
  if (!isSea()) return undefined;
  const names = (JSON.parse(getAsset(listName, "utf8")) as string[]).filter((name) => name.startsWith(`${folder}/`));
  return new Map(names.map((name) => [name.slice(folder.length + 1), Buffer.from(getAsset(name))]));
}

/**
 * How to start a command of Exosphere by this single executable, which plays all of them, in a process of its own. Undefined if this is
 * not one.
 */
export function embeddedProgram(command: string): readonly string[] | undefined {
  return isSea() ? [process.execPath, command] : undefined;
}
