import type { DatabaseSync } from "node:sqlite";

/** Undoes what has begun, if anything has: Node tells so as of 22.16 only. */
export function rollBack(database: DatabaseSync): void {
  try {
    database.exec("ROLLBACK");
  } catch {
    // Nothing had begun, SQLite undid it itself, or the database was closed meanwhile.
  }
}
