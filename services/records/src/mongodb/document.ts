import { keyOf, nullKey } from "../core/field-key.ts";
import type { Entry, Fields } from "../core/fields.ts";
import { escapedName, escapedValue, plainValue } from "./field-names.ts";

/** What the store keeps of a record beside its fields. */
export interface Bookkeeping {
  /** Which attempt created it, and its place therein: no two records have the same. */
  readonly creation: string;
  readonly position: number;
  /** Counts the changes: who replaces a document names the one that was read. */
  readonly revision: number;
  /** By which fields are compared and sorted. */
  readonly keys: Readonly<Record<string, string>>;
  /** A value for each unique field, also where the record has none: so that a plain unique index does. */
  readonly unique: Readonly<Record<string, string>>;
}

/** A record as a document: its fields as they are, and the store's own under `_exo`. */
export type RecordDocument = { readonly _id: string; readonly _exo: Bookkeeping } & Fields;

/** The document of a record. */
export function documentOf(
  entry: Entry,
  { creation, position, revision }: Pick<Bookkeeping, "creation" | "position" | "revision">,
  uniqueFields: readonly string[],
): RecordDocument {
  const { id, ...fields } = entry;
  const keys = Object.fromEntries(Object.entries(entry).map(([name, value]) => [escapedName(name), keyOf(value)]));
  const unique = Object.fromEntries(uniqueFields.map((name) => [escapedName(name), uniqueKey(entry, name)]));
  return {
    _id: id,
    ...(escapedValue(fields) as Fields),
    _exo: { creation, position, revision, keys, unique },
  };
}

/** The record in a document. */
export function entryOf({ _id, _exo: _, ...fields }: RecordDocument): Entry {
  return { ...(plainValue(fields) as Fields), id: _id };
}

function uniqueKey(entry: Entry, name: string): string {
  const key = Object.hasOwn(entry, name) ? keyOf(entry[name]) : nullKey;
  return key === nullKey ? `-${entry.id}` : `+${key}`;
}
