import type { Entry, Fields } from "./fields.ts";

/** Why a message is not obeyed, as its reply says it. */
export class Refused extends Error {
  override readonly name = "Refused";
}

/** Whether a required text is there. */
export function isBlank(value: unknown): boolean {
  return typeof value !== "string" || value.trim() === "";
}

/** A field's name as a sentence begins with it. */
export function sentenceCase(field: string): string {
  return field.slice(0, 1).toUpperCase() + field.slice(1);
}

/** Whether a value can be a record's version. */
export function isVersion(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/**
 * A record after an update: each field of `changes` replaces that of the record. A record that has a `version` counts its
 * updates in it; an update that has one must have the record's (0 if it has none). Throws Refused.
 */
export function changed(entry: Entry, changes: Fields): Entry {
  const hasVersion = Object.hasOwn(changes, "version");
  const version = isVersion(entry.version) ? entry.version : 0;
  if (hasVersion && changes.version !== version) throw new Refused("version conflict");
  const isVersioned = hasVersion || Object.hasOwn(entry, "version");
  return { ...entry, ...changes, ...(isVersioned && { version: version + 1 }), id: entry.id };
}
