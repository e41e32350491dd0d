import { chmodSync, closeSync, mkdirSync, openSync, statSync } from "node:fs";

/** Bits of a mode by which others than the owner may do anything. */
const othersAny = 0o077;

/** What SQLite keeps beside a database. It gives new ones the mode of the database. */
const filesBeside = ["-wal", "-shm", "-journal"];

/** Makes a folder that only its owner may look into, and those above it. One that is there already stays as it is. */
export function makePrivateFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
}

/**
 * Makes a file that only its owner may open, and is empty, before anything is written to it. One that is there already is
 * closed to others. Throws what the file system says.
 */
export function makePrivateFile(path: string): void {
  try {
    closeSync(openSync(path, "wx", 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    closeToOthers(path);
  }
}

/**
 * Without opening it: a process that closes any descriptor of a file gives up all of its locks on it (POSIX), those that SQLite
 * holds as well.
 */
function closeToOthers(path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isFile() && (stats.mode & othersAny) !== 0 && stats.uid === process.geteuid?.())
    chmodSync(path, stats.mode & 0o700);
}

/** Makes the file of a SQLite database private, as `makePrivateFile` does, and those that SQLite has left beside it. */
export function makePrivateDatabase(path: string): void {
  makePrivateFile(path);
  for (const suffix of filesBeside) closeToOthers(path + suffix);
}
