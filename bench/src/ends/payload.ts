import type { Json } from "./ends.ts";

/** A record as applications have them, of exactly so many bytes of JSON. */
export function payloadOf(bytes: number): Json {
  const record = (items: readonly object[], note: string) => ({ user: "ada@example.com", items, total: 1999.5, note });
  const items: object[] = [];
  const sizeOf = (value: object) => Buffer.byteLength(JSON.stringify(value));
  for (let number = 1; ; number += 1) {
    const next = [...items, { id: 1000 + number, name: `Article ${number}`, price: 9.95, inStock: number % 3 !== 0 }];
    if (sizeOf(record(next, "")) > bytes) break;
    items.push(next.at(-1) as object);
  }
  const missing = bytes - sizeOf(record(items, ""));
  if (missing < 0) throw new RangeError(`A payload has at least ${bytes - missing} bytes, not ${bytes}.`);
  return record(items, "x".repeat(missing));
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
