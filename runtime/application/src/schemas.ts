import type { JsonSchema } from "./form.ts";
import { applicationKeys } from "./read-application.ts";
import { entryKeys } from "./read-entry.ts";
import { environmentDefinition } from "./read-environment.ts";
import { messagesOnly } from "./read-messages.ts";
import { serviceKeys } from "./service-keys.ts";

const draft = "http://json-schema.org/draft-07/schema#";

/** The JSON Schema of application.yml, from what the reader knows of its keys. */
export function applicationSchema(): JsonSchema {
  return {
    $schema: draft,
    title: "application.yml of Exosphere",
    ...applicationKeys.schema,
    definitions: {
      service: entryKeys.schema,
      messages: messagesOnly.schema,
      environment: environmentDefinition,
    },
  };
}

/** The JSON Schema of service.yml, from what the reader knows of its keys. An empty file is right. */
export function serviceSchema(): JsonSchema {
  return {
    $schema: draft,
    title: "service.yml of Exosphere",
    ...serviceKeys.schema,
    type: ["object", "null"],
    definitions: { messages: messagesOnly.schema, environment: environmentDefinition },
  };
}
