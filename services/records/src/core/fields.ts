/** What a record says: any JSON by name. */
export type Fields = Readonly<Record<string, unknown>>;

/** A record as it is kept: what was sent, and its id. */
export interface Entry extends Fields {
  readonly id: string;
}

/** Fields of one record. Each is indexed, so that its number is what a write costs. */
export const maxFields = 1_000;

/** Objects and arrays inside each other. MongoDB itself takes 100, some of which the store needs. */
const maxDepth = 64;

/** Bytes of a record as JSON: it has to fit, with its id, into a reply of 1 MiB, the default of `--max-payload`. */
const maxBytes = 1_000_000;

/** Whether a value is a JSON object. */
export function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Says why these fields cannot be kept, or nothing. */
export function mistakeIn(fields: Fields): string | undefined {
  if (Object.keys(fields).length > maxFields) return `A record has at most ${maxFields} fields`;
  // First the depth: writing JSON goes down as deep as the value does.
  if (depthOf(fields) > maxDepth) return `A record is at most ${maxDepth} levels deep`;
  if (hasInexactNumber(fields)) return inexactNumber;
  const text = JSON.stringify(fields);
  if (Buffer.byteLength(text) > maxBytes) return `A record has at most ${maxBytes} bytes`;
  // JSON.stringify writes half a character as \ud800, whole ones as they are; a backslash that is meant is doubled.
  if (/(?<!\\)(?:\\\\)*\\ud[89a-f]/.test(text)) return "A record is text in Unicode, without halves of characters";
  return undefined;
}

/** What is said of a number that would not come back as it was sent. */
export const inexactNumber =
  "A whole number is between -9007199254740991 and 9007199254740991, and not -0: send any other as text";

/**
 * Whether a value holds a number that lost digits when it was read (12345678901234567890), became infinite (1e400), or would lose its
 * sign when it is written (-0). Without recursion, as its levels are counted before.
 */
export function hasInexactNumber(value: unknown): boolean {
  const open = [value];
  for (let next = open.pop(); open.length > 0 || next !== undefined; next = open.pop()) {
    if (typeof next === "number" && !isExact(next)) return true;
    if (typeof next === "object" && next !== null) for (const each of Object.values(next)) open.push(each);
  }
  return false;
}

function isExact(number: number): boolean {
  return (
    Number.isFinite(number) && !Object.is(number, -0) && (Number.isSafeInteger(number) || !Number.isInteger(number))
  );
}

/** Levels of objects and arrays, counted no further than is of interest. Without recursion: a payload may be hostile. */
function depthOf(value: unknown): number {
  let level: unknown[] = [value];
  for (let depth = 0; ; depth++) {
    level = level.filter((each) => typeof each === "object" && each !== null);
    if (level.length === 0 || depth > maxDepth) return depth;
    level = level.flatMap((each) => Object.values(each as object));
  }
}
