import type { YamlValue } from "./yaml-value.ts";

/** A JSON Schema of draft 7, with the annotations that editors of YAML show: `deprecationMessage`. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** How a value is written. What reads it and what editors check it by stand side by side, and a test holds them together. */
export interface Form<T> {
  /** What the values are that `read` takes. */
  readonly schema: JsonSchema;
  /** The value; undefined, with a mistake, if it is something else. */
  read(value: YamlValue): T | undefined;
}

/** A value that consists of others: `schema` says of which, and the reader of the file goes through them. */
export function structure(schema: JsonSchema): Form<YamlValue> {
  return { schema, read: (value) => value };
}

/** A string that is not blank. */
export const text: Form<string> = {
  schema: { type: "string", pattern: "\\S", patternErrorMessage: "is empty; write a text or remove the key" },
  read: (value) => value.text(),
};

/** Any single value, as it is written. */
export const words: Form<string> = {
  schema: { type: ["string", "number", "boolean"] },
  read: (value) => value.words(),
};

/** Yes or no. */
export const flag: Form<boolean> = { schema: { type: "boolean" }, read: (value) => value.boolean() };

/** Any JSON. */
export const anything: Form<unknown> = { schema: {}, read: (value) => value.plain() };

/** A whole number within bounds, written as a number or as a text. */
export function integer(minimum: number, maximum: number): Form<number> {
  const schema = {
    anyOf: [
      { type: "integer", minimum, maximum },
      { type: "string", pattern: "^\\d{1,15}$" },
    ],
  };
  return { schema, read: (value) => value.integer(minimum, maximum) };
}

/** One of a few words. */
export function oneOf<const Choice extends string>(choices: readonly Choice[]): Form<Choice> {
  return { schema: { enum: choices }, read: (value) => value.oneOf(choices) };
}

/**
 * What the reader takes where a key may be left empty, as in `description:`. Keywords beside `type` must let null pass, as those
 * about texts and numbers do.
 */
export function orEmpty(schema: JsonSchema): JsonSchema {
  const { type, enum: choices, ...rest } = schema;
  if (choices !== undefined) return { ...rest, enum: [...(choices as unknown[]), null] };
  if (type !== undefined) return { ...rest, type: [type, "null"].flat() };
  if (schema.anyOf !== undefined) return { ...schema, anyOf: [...(schema.anyOf as JsonSchema[]), { type: "null" }] };
  return Object.keys(schema).some((keyword) => keyword !== "examples") ? { anyOf: [schema, { type: "null" }] } : schema;
}
