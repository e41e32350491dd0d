import type { JsonSchema } from "./form.ts";

const controlCharacter = /\p{Cc}/u;

/** The same as a range for JSON Schema, whose readers do not all know `\p`. */
const noControlCharacters = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$";

/** What a message may be called; that 255 bytes are fewer characters where these are not ASCII is left to the reader. */
export const messageNameSchema: JsonSchema = {
  type: "string",
  maxLength: 255,
  allOf: [
    { pattern: "\\S", patternErrorMessage: "is empty; write a name" },
    { pattern: noControlCharacters, patternErrorMessage: "has a control character; remove it" },
  ],
};

/** What a role may be called, as the key of a map. */
export const roleKeySchema: JsonSchema = {
  minLength: 1,
  maxLength: 255,
  pattern: "^[^\\u0000-\\u001f\\u007f-\\u009f/\\\\]*$",
  patternErrorMessage: "a role's name has no slash and no control character",
};

/** What a role may be called, as a value. */
export const roleNameSchema: JsonSchema = { type: "string", ...roleKeySchema, allOf: [{ pattern: "\\S" }] };

/** What is wrong with the name of a message, or undefined. 1 to 255 bytes of UTF-8; spaces are fine. */
export function messageNameMistake(name: string): string | undefined {
  return mistakeOf(name) ?? (Buffer.byteLength(name) > 255 ? "is longer than 255 bytes; shorten it" : undefined);
}

/** What is wrong with the name of a role, or undefined. 1 to 255 characters; it ends up in paths, so no slashes. */
export function roleNameMistake(name: string): string | undefined {
  if (/[/\\]/.test(name)) return "has a slash; a role's name has none";
  return mistakeOf(name) ?? (name.length > 255 ? "is longer than 255 characters; shorten it" : undefined);
}

function mistakeOf(name: string): string | undefined {
  if (name === "") return "is empty; give it a name";
  if (controlCharacter.test(name)) return "has a control character; remove it";
  if (!name.isWellFormed()) return "is not valid Unicode; remove the lone surrogate";
  return undefined;
}
