import { chmodSync, closeSync, mkdirSync, openSync, statSync } from "node:fs";
import { join } from "node:path";

/** What SQLite keeps beside a database. It gives new ones the mode of the database. */
const suffixes = ["", "-wal", "-shm", "-journal"];

/**
 * Makes the file of a database that only its owner may open, in a folder that is made if it is missing, and closes one that is
 * there already to others. Returns its path. Throws what the file system says.
 */
export function privateDatabase(folder: string, name: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${name}.sqlite`);
  // Without opening one that is there: a process that closes any descriptor of a file gives up its locks on it (POSIX).
  if (!statSync(path, { throwIfNoEntry: false })) closeSync(openSync(path, "a", 0o600));
  for (const file of suffixes.map((suffix) => path + suffix)) {
    const stats = statSync(file, { throwIfNoEntry: false });
    if (stats && stats.uid === process.geteuid?.()) chmodSync(file, 0o600);
  }
  return path;
}
