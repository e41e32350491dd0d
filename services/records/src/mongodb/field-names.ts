import { isObject } from "../core/fields.ts";

/** Names that mean something else: the store's own at the top of a document, and by which the driver knows its own types. */
const reserved = new Set(["_id", "_exo", "_bsontype"]);

/** Holds an array that is inside an array: some servers with MongoDB's protocol do not take those. */
const innerArray = "%[]";

/**
 * A field's name as MongoDB takes it: a dollar or a dot would make it an operator or a path, and not every server takes
 * control characters. Each of these is written as % and its code; "" as a lone %.
 */
export function escapedName(name: string): string {
  if (name === "") return "%";
  const escaped = name.replace(
    /[%$.\p{Cc}]/gu,
    (character) => `%${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
  return reserved.has(escaped) ? `%5f${escaped.slice(1)}` : escaped;
}

function plainName(escaped: string): string {
  if (escaped === "%") return "";
  return escaped.replace(/%([0-9a-f]{2})/g, (_all, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

/** A JSON value as MongoDB takes it. */
export function escapedValue(value: unknown): unknown {
  if (Array.isArray(value))
    return value.map((each) => (Array.isArray(each) ? { [innerArray]: escapedValue(each) } : escapedValue(each)));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [escapedName(name), escapedValue(each)]));
}

/** What `escapedValue` made it from. */
export function plainValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainValue);
  if (!isObject(value)) return value;
  if (Object.hasOwn(value, innerArray)) return plainValue(value[innerArray]);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [plainName(name), plainValue(each)]));
}
