const controlCharacter = /\p{Cc}/u;

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
