import { type Form, type JsonSchema, orEmpty } from "./form.ts";

/** A key of a map: the reader, the published JSON Schema and the reference know it from here. */
export interface Key<T> {
  readonly form: Form<T>;
  /** What it means, in Markdown, as docs/reference/application-yml.md has it. */
  readonly does: string;
  /** For a key that has to be there: what to do where it is not. */
  readonly need?: string;
  /** For the spelling of an earlier version: the key of today. */
  readonly today?: string;
}

/** The keys of a map, by name. */
export type Keys = Readonly<Record<string, Key<unknown>>>;

interface MapOptions {
  /** Keys of earlier versions that mean nothing here: accepted with a warning. */
  readonly ignored?: ReadonlySet<string> | "any other";
  /** Schemas of what keys mean for each other. */
  readonly rules?: readonly JsonSchema[];
}

/** The declaration of a map whose keys are known in advance. */
export class MapDeclaration<K extends Keys> {
  readonly keys: K;
  readonly #options: MapOptions;

  constructor(keys: K, options: MapOptions = {}) {
    this.keys = keys;
    this.#options = options;
  }

  /** Whether a key is one of an earlier version that means nothing here. */
  ignores(key: string): boolean {
    const { ignored = new Set() } = this.#options;
    return ignored === "any other" || ignored.has(key);
  }

  /** What such a map looks like. */
  get schema(): JsonSchema {
    const { ignored = new Set(), rules = [] } = this.#options;
    const own = Object.entries(this.keys).map(([name, key]) => [name, schemaOf(key)] as const);
    const earlier = (ignored === "any other" ? [] : [...ignored]).map((name) => [name, meaningless] as const);
    const required = Object.entries(this.keys).flatMap(([name, { need }]) => (need === undefined ? [] : [name]));
    return {
      type: "object",
      properties: Object.fromEntries([...own, ...earlier]),
      ...(required.length > 0 && { required }),
      additionalProperties: ignored === "any other",
      ...(rules.length > 0 && { allOf: rules }),
    };
  }
}

const meaningless: JsonSchema = {
  description: "A key of earlier versions that means nothing here.",
  deprecationMessage: "means nothing here and is ignored",
};

function schemaOf({ form, does, need, today }: Key<unknown>): JsonSchema {
  const schema = need === undefined ? orEmpty(form.schema) : form.schema;
  return {
    ...(does !== "" && { description: does }),
    ...(today !== undefined && { deprecationMessage: `is called ${today} now` }),
    ...schema,
  };
}

/** Holds where a value is at the end of this path of keys: an empty one is none. */
export function given(...path: readonly string[]): JsonSchema {
  const [key, ...rest] = path;
  if (key === undefined) return { not: { type: "null" } };
  return { type: "object", required: [key], properties: { [key]: given(...rest) } };
}

/**
 * Holds where no two of these paths have a value. `says` is what editors show at the later of two; `*` stands there for the earlier
 * one.
 */
export function atMostOne(says: string, ...paths: readonly (readonly string[])[]): JsonSchema {
  const pairs = paths.flatMap((one, index) => paths.slice(index + 1).map((other) => [one, other] as const));
  return {
    allOf: pairs.map(([one, other]) => ({
      if: given(...one),
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: absent(says.replace("*", one.join(".")), ...other),
    })),
  };
}

/** Holds where there is no value at the end of this path of keys. */
function absent(says: string, ...path: readonly string[]): JsonSchema {
  const [key, ...rest] = path;
  return key === undefined ? { type: "null", errorMessage: says } : { properties: { [key]: absent(says, ...rest) } };
}
