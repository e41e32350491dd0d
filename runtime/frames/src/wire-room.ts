/** What a field takes at most beside what is in it: a tag of two bytes and a length of five. */
const fieldBytes = 7;

/** Bytes that a text takes in a message at most. */
export function roomOfText(text: string): number {
  return fieldBytes + 3 * text.length;
}

/** Bytes that some numbers of up to 32 bits take in a message at most. */
export function roomOfUint32s(numbers: readonly number[]): number {
  return fieldBytes + 5 * numbers.length;
}

/** Bytes that some numbers of up to 53 bits take in a message at most. */
export function roomOfUint53s(numbers: readonly number[]): number {
  return fieldBytes + 8 * numbers.length;
}

/** Bytes that the entries of a map of texts by texts take in a message at most. */
export function roomOfEntries(map: Readonly<Record<string, string>>): number {
  let room = 0;
  for (const [key, value] of Object.entries(map)) room += fieldBytes + roomOfText(key) + roomOfText(value);
  return room;
}
