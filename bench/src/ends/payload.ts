import type { Json } from "./ends.ts";

/** A small record with a note that fills it up to exactly so many bytes of JSON. */
export function payloadOf(bytes: number): Json {
  const record = (note: string) => ({ user: "ada@example.com", total: 1999.5, isPaid: true, note });
  const missing = bytes - Buffer.byteLength(JSON.stringify(record("")));
  if (missing < 0) throw new RangeError(`A payload has at least ${bytes - missing} bytes, not ${bytes}.`);
  return record("x".repeat(missing));
}

let latest: Json | undefined;
let latestText = Buffer.alloc(0);

/** A payload as JSON text, made once: for those ends that do not deal with JSON themselves. */
export function textOf(value: Json): Buffer {
  if (value !== latest) {
    latest = value;
    latestText = Buffer.from(JSON.stringify(value));
  }
  return latestText;
}
