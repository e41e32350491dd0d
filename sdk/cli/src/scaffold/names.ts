/** What is wrong with the name of a new application or service, which becomes the name of a folder and of messages; undefined: nothing. */
export function newNameMistake(name: string): string | undefined {
  if (/^[a-z][a-z0-9-]{0,62}$/.test(name)) return undefined;
  return `'${name}' cannot be the name: it has 1 to 63 of a-z, 0-9 and -, and begins with a letter`;
}

/** What is wrong with the name of a new service; undefined: nothing. */
export function newServiceMistake(name: string): string | undefined {
  // Its role decides what is delivered: one that only greets would hold every message up.
  if (name === "security") return "'security' is the role that decides what is delivered; choose another name";
  return newNameMistake(name);
}

/** The name of an application in a folder: what there is of it that may be in a name. */
export function nameOfFolder(folder: string): string {
  const name = folder
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "")
    .slice(0, 63);
  return name === "" ? "application" : name;
}
