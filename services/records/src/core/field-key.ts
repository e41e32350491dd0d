import { createHash } from "node:crypto";

/** Characters of a text by which it is sorted. Beyond them a hash tells it from others. */
const sortedCharacters = 200;

/**
 * A value as a text that is equal for equal values only, and whose order is that of the values: nothing, null, numbers,
 * text by its code points, booleans, then objects and arrays (in no order that means anything). With it every store
 * compares and sorts alike, and a value that looks like an operator is a value.
 */
export function keyOf(value: unknown): string {
  switch (typeof value) {
    case "number":
      return `1${sortableNumber(value)}`;
    case "string":
      return `2${sortableText(value)}`;
    case "boolean":
      return value ? "3t" : "3f";
    default:
      return value === null ? nullKey : `4${hashOf(canonicalJson(value))}`;
  }
}

/**
 * The keys that a field matches by. Ids compare as text, whichever way they were sent: some services of 2016 count 1, 2, 3, and others
 * send what they were given as "1".
 */
export function keysOf(name: string, value: unknown): readonly string[] {
  if (!/^id$|_id$/.test(name)) return [keyOf(value)];
  if (typeof value === "number") return [keyOf(value), keyOf(String(value))];
  const isNumber = typeof value === "string" && String(Number(value)) === value;
  return isNumber ? [keyOf(value), keyOf(Number(value))] : [keyOf(value)];
}

/** The key of a field that says nothing: several records may have it, even where values must be unique. */
export const nullKey = "0";

/** The bits of a double sort like the number once negative ones are turned around. */
function sortableNumber(value: number): string {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value === 0 ? 0 : value); // -0 is 0
  const raw = bits.getBigUint64(0);
  const sortable = raw >> 63n ? ~raw & 0xffff_ffff_ffff_ffffn : raw | (1n << 63n);
  return sortable.toString(16).padStart(16, "0");
}

function sortableText(text: string): string {
  if (text.length <= sortedCharacters) return text;
  return `${text.slice(0, sortedCharacters).toWellFormed()}\u0000${hashOf(text)}`;
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}

/** JSON whose keys are sorted: the order of keys makes no other value. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) =>
    typeof each === "object" && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}
