import { messageFields } from "./fields.ts";
import { Refusal } from "./refusal.ts";

/** Longest name of a message, in bytes of UTF-8. */
export const maxNameBytes = messageFields.name.form.maxBytes;
const maxIdCharacters = messageFields.id.form.maxCharacters;
/** C0, DEL and C1: what a terminal or a log line would take for a command. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const controlCharacter = /[\u0000-\u001f\u007f-\u009f]/;

/** Checks a message's name. Throws a Refusal. */
export function checkName(name: string): string {
  if (name === "") throw new Refusal("A message needs a name: 1 to 255 bytes of UTF-8. Put it behind the path.");
  // Two bytes of UTF-8 are at most one character of a string, and a character at most three bytes.
  if (name.length > maxNameBytes || new TextEncoder().encode(name).length > maxNameBytes) {
    throw new Refusal(`The name of a message has at most ${maxNameBytes} bytes; this one is longer.`);
  }
  if (controlCharacter.test(name)) throw new Refusal("The name of a message must not contain control characters.");
  if (!name.isWellFormed())
    throw new Refusal("The name of a message must be valid Unicode; a surrogate in it is alone.");
  return name;
}

/** Whether a text has the form of an id of a message or an activity. */
export function isId(text: string): boolean {
  return text !== "" && text.length <= maxIdCharacters && !controlCharacter.test(text) && text.isWellFormed();
}

/** An id of a message or an activity. Empty or absent: undefined. Throws a Refusal. */
export function checkId(id: string | undefined, where: string): string | undefined {
  if (id === undefined || id === "") return undefined;
  if (id.length > maxIdCharacters)
    throw new Refusal(`${where} has at most ${maxIdCharacters} characters; this one is longer.`);
  if (controlCharacter.test(id)) throw new Refusal(`${where} must not contain control characters.`);
  if (!id.isWellFormed()) throw new Refusal(`${where} must be valid Unicode; a surrogate in it is alone.`);
  return id;
}
