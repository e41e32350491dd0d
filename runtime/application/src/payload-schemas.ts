import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Application } from "./application.ts";
import { SchemaFolder } from "./schema-folder.ts";

/** A JSON Schema, as it stands in its file. */
export type PayloadSchema = Readonly<Record<string, unknown>>;

/** Where the schemas of messages are, in the folder of a service or of the application: where `exo types` reads them too. */
export const schemaFolder = "messages";

/**
 * The schemas of an application's payloads by the public names of the messages: those in `messages` of the application, and
 * else those in `messages` of a service that sends or receives the message. Throws a SettingsError with every file that is none.
 */
export function payloadSchemas({ root, services }: Application): ReadonlyMap<string, PayloadSchema> {
  const schemas = new Map<string, PayloadSchema>();
  for (const { directory, route } of services) {
    if (directory === undefined) continue;
    const publicNames = new Map(route.translations.map((each) => [each.internal, each.public]));
    for (const { name, file } of new SchemaFolder(join(directory, schemaFolder)).others(new Set()))
      schemas.set(publicNames.get(name) ?? name, read(file));
  }
  for (const { name, file } of new SchemaFolder(join(root, schemaFolder)).others(new Set()))
    schemas.set(name, read(file));
  return schemas;
}

/** Without what names the schema itself: it becomes a part of another document. */
function read(file: string): PayloadSchema {
  const { $schema: _, $id: __, ...schema } = JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  return schema;
}
