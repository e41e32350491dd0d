import { statSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";

/** SQLite's primary codes for a file that is damaged (SQLITE_CORRUPT), or is not a database at all (SQLITE_NOTADB). */
const [corrupt, notADatabase] = [11, 26];

/** Files of at most this many bytes are checked as a whole: a quarter of a second. Damage of larger ones is found when it is read. */
const checkedBytes = 256 * 1024 * 1024;

/** Whether an error of node:sqlite, or of `checkDatabase`, says that the file cannot be trusted any more. */
export function isDamage(error: unknown): boolean {
  const { errcode } = (error ?? {}) as { errcode?: unknown };
  return typeof errcode === "number" && [corrupt, notADatabase].includes(errcode & 0xff);
}

/**
 * Reads a whole database, so that damage is found at start and not by the message that touches it.
 *
 * @throws an Error for which `isDamage` is true if the file is damaged
 */
export function checkDatabase(database: DatabaseSync, path: string): void {
  if (statSync(path).size > checkedBytes) return;
  const [found] = database.prepare("PRAGMA quick_check(1)").all() as { quick_check: string }[];
  if (found && found.quick_check !== "ok") throw Object.assign(new Error(found.quick_check), { errcode: corrupt });
}
