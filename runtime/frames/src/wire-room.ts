/** What a field takes at most beside what is in it: a tag of two bytes and a length of five. */
const fieldBytes = 7;

/** Bytes that a text takes in a message at most. */
export function roomOfText(text: string): number {
  return fieldBytes + 3 * text.length;
}

/** Bytes that the entries of a map of texts by texts take in a message at most. */
export function roomOfEntries(map: Readonly<Record<string, string>>): number {
  let room = 0;
  for (const [key, value] of Object.entries(map)) room += fieldBytes + roomOfText(key) + roomOfText(value);
  return room;
}
