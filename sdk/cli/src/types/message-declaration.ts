import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { MessageSchema } from "@exosphere/application";
import { SettingsError } from "@exosphere/settings";
import type { NamedMessage, ServiceMessages } from "./role-messages.ts";
import { loadSchemaMistakes } from "./schema-mistakes.ts";

/** A JSON Schema, as far as it is put together here. */
interface ObjectSchema {
  readonly type: "object";
  readonly description?: string;
  readonly properties: Readonly<Record<string, object>>;
  readonly required: readonly string[];
  readonly additionalProperties: false;
}

const banner = "// Written by `exo types` from service.yml and the JSON Schemas. Do not edit.";

/**
 * The declaration of the messages of a role, as the SDK's `RoleMessages`. A message without a schema may have any payload.
 * Throws a SettingsError if a schema is none, says what cannot be declared, or refers to what is not there.
 */
export async function declareMessages(
  { receives, sends }: ServiceMessages,
  schemaOf: (message: NamedMessage) => MessageSchema | undefined,
): Promise<string> {
  // It brings a formatter along, which nothing else here needs.
  const { compile } = await import("json-schema-to-typescript");
  const titles = new Map<string, string>();
  const mistakes: string[] = [];
  const read = reader(titles, await checkerOf(mistakes));
  const side = (messages: readonly NamedMessage[]): ObjectSchema =>
    objectOf(Object.fromEntries(messages.map((message) => [message.name, payloadOf(schemaOf(message), titles)])));
  const schema = objectOf({
    receives: {
      ...side(receives),
      description: "What others ask and tell this role, and the replies to its own requests.",
    },
    sends: { ...side(sends), description: "What this role says, replies included." },
  });
  let text: string;
  try {
    text = await compile(schema as never, "Messages", {
      bannerComment: banner,
      // What a schema does not name is a mistake, unless it says otherwise.
      additionalProperties: false,
      style: { printWidth: 120 },
      $refOptions: { resolve: { http: false, file: { order: 1, canRead: true, read } } },
    });
  } catch (error) {
    throw new SettingsError(mistakes.length > 0 ? mistakes : [reasonOf(error)]);
  }
  if (mistakes.length > 0) throw new SettingsError(mistakes);
  return text;
}

/** Collects what is wrong with the files that are read: what they declare would be looser than what was meant. */
async function checkerOf(mistakes: string[]): Promise<(file: string, schema: Record<string, unknown>) => void> {
  const mistakesOf = await loadSchemaMistakes();
  return (file, schema) => {
    for (const mistake of mistakesOf(schema)) mistakes.push(`${file}: ${mistake}`);
  };
}

function objectOf(properties: Readonly<Record<string, object>>): ObjectSchema {
  return { type: "object", properties, required: Object.keys(properties), additionalProperties: false };
}

function payloadOf(schema: MessageSchema | undefined, titles: Map<string, string>): object {
  if (!schema) return {};
  titles.set(schema.file, schema.name);
  return { $ref: pathToFileURL(schema.file).href };
}

/** Reads a schema, and has it checked. One without a title is called by its message, or its file. */
function reader(
  titles: ReadonlyMap<string, string>,
  check: (file: string, schema: Record<string, unknown>) => void,
): (file: { readonly url: string }) => string {
  return ({ url }) => {
    const file = url.startsWith("file:") ? fileURLToPath(url) : decodeURIComponent(url);
    const schema = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
    check(file, schema);
    const title = titles.get(file) ?? basename(file).replace(/(?:\.schema)?\.json$/, "");
    return JSON.stringify({ title, ...schema });
  };
}

/** The library's errors tell what was wrong in their last cause. */
function reasonOf(error: unknown): string {
  const { message } = error as Error;
  const hint = /(?:reading|opening) file|ENOENT/.test(message)
    ? ". A $ref may lead to files only, from its own on."
    : "";
  return `the schemas cannot be declared: ${message}${hint}`;
}
