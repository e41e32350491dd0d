import type { DatabaseSync } from "node:sqlite";
import { nullKey } from "../core/field-key.ts";
import { rollBack } from "./roll-back.ts";

/** Of the tables below. A file of a later version is not touched. */
const schemaVersion = 1;

/** `field` has a row for each field of each record: by it records are found, sorted and kept from sharing a value. */
const tables = `
  CREATE TABLE record (
    id TEXT PRIMARY KEY,
    creation TEXT NOT NULL,
    position INTEGER NOT NULL,
    body TEXT NOT NULL,
    UNIQUE (creation, position)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE field (
    name TEXT NOT NULL,
    key TEXT NOT NULL,
    id TEXT NOT NULL REFERENCES record (id) ON DELETE CASCADE,
    PRIMARY KEY (name, key, id)
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX field_of_record ON field (id, name);
`;

const uniquePrefix = "unique: ";

/** Creates what is missing. Throws an Error that says what to do if the file is not for this program. */
export function prepareSchema(database: DatabaseSync, uniqueFields: readonly string[]): void {
  database.exec("BEGIN IMMEDIATE");
  try {
    const { user_version: version } = database.prepare("PRAGMA user_version").get() as { user_version: number };
    if (version > schemaVersion)
      throw new Error(`The file was written by a later version of this service (format ${version}).`);
    if (version === 0) database.exec(`${tables} PRAGMA user_version = ${schemaVersion}`);
    prepareUniqueFields(database, uniqueFields);
    database.exec("COMMIT");
  } catch (error) {
    rollBack(database);
    throw error;
  }
}

function prepareUniqueFields(database: DatabaseSync, uniqueFields: readonly string[]): void {
  const wanted = new Set(uniqueFields.map((field) => uniquePrefix + field));
  const rows = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'index'").all() as { name: string }[];
  const present = rows.map(({ name }) => name).filter((name) => name.startsWith(uniquePrefix));
  for (const name of present) if (!wanted.has(name)) database.exec(`DROP INDEX ${quoted(name)}`);
  for (const field of uniqueFields) {
    const name = uniquePrefix + field;
    if (present.includes(name)) continue;
    try {
      // No parameters in the definition of an index.
      const condition = `name = ${literal(field)} AND key <> ${literal(nullKey)}`;
      database.exec(`CREATE UNIQUE INDEX ${quoted(name)} ON field (key) WHERE ${condition}`);
    } catch (cause) {
      throw new Error(`'${field}' cannot be unique: several records have the same.`, { cause });
    }
  }
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
