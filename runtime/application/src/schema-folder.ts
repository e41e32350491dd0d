import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { SettingsError } from "@exosphere/settings";

/** How a schema's file name ends, behind the name of its message. */
const ending = ".schema.json";

/** A schema as it stands in its file. */
export interface MessageSchema {
  readonly file: string;
  readonly name: string;
}

/** The schemas of one folder, by the names of their messages. */
export class SchemaFolder {
  readonly #schemas = new Map<string, MessageSchema>();

  /** A folder that is not there has no schemas. Throws a SettingsError with every file that is no schema. */
  constructor(folder: string) {
    const mistakes: string[] = [];
    const files = existsSync(folder) ? readdirSync(folder).sort() : [];
    for (const entry of files.filter((each) => each.endsWith(ending))) {
      const file = join(folder, entry);
      const name = nameIn(entry.slice(0, -ending.length));
      const mistake = name === undefined ? "has a '%' that stands for nothing; write %25" : mistakeIn(file);
      if (mistake !== undefined) mistakes.push(`${file}: ${mistake}`);
      else if (name !== undefined) this.#schemas.set(name, { file, name });
    }
    if (mistakes.length > 0) throw new SettingsError(mistakes);
  }

  get(name: string): MessageSchema | undefined {
    return this.#schemas.get(name);
  }

  /** Those whose message is not among these. */
  others(names: ReadonlySet<string>): MessageSchema[] {
    return [...this.#schemas.values()].filter(({ name }) => !names.has(name));
  }
}

/** The file name of the schema of a message: what file systems do not take is percent-encoded. */
export function schemaFileOf(name: string): string {
  return `${name.replaceAll(/[%/\\:*?"<>|]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`)}${ending}`;
}

function nameIn(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function mistakeIn(file: string): string | undefined {
  try {
    const schema: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (typeof schema === "object" && schema !== null && !Array.isArray(schema)) return undefined;
    return 'is no JSON Schema, which is an object, such as { "type": "string" }';
  } catch (error) {
    return `is no JSON: ${(error as Error).message}`;
  }
}
