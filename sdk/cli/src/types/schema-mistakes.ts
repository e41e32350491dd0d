import type { Ajv, AnySchemaObject, ErrorObject } from "ajv";

type Schema = AnySchemaObject;

/** Finds what is wrong with a schema by the rules of JSON Schema itself, each with its place: `/properties/age/type: …`. */
export type SchemaMistakes = (schema: Schema) => string[];

/** The versions of JSON Schema whose rules are at hand. Draft 4 has a version of its own of two keywords only. */
const versions = ["draft-04", "draft-06", "draft-07", "2019-09", "2020-12"] as const;
type Version = (typeof versions)[number];

/** What draft 4 has as true or false, and all later ones as a number. */
const laterKeyword = /\/exclusiveM(?:in|ax)imum$/;

/** Loads the rules: only who has schemas to check needs them. */
export async function loadSchemaMistakes(): Promise<SchemaMistakes> {
  const [{ Ajv }, { Ajv2019 }, { Ajv2020 }] = await Promise.all([
    import("ajv"),
    import("ajv/dist/2019.js"),
    import("ajv/dist/2020.js"),
  ]);
  const options = { strict: false, allErrors: true, logger: false, validateFormats: false } as const;
  const [draft7, later, latest] = [new Ajv(options), new Ajv2019(options), new Ajv2020(options)];
  const rulesOf = (version: Version): Ajv => {
    if (version === "2020-12") return latest as unknown as Ajv;
    return version === "2019-09" ? (later as unknown as Ajv) : draft7;
  };
  return (schema) => {
    const version = versionOf(schema);
    if (!version) return [`/$schema: is no version that is known; there are ${versions.join(", ")}`];
    const rules = rulesOf(version);
    const { $schema: _, ...rest } = schema;
    if (rules.validateSchema(rest) === true) return [];
    const errors = (rules.errors ?? []).filter(
      ({ instancePath }) => version !== "draft-04" || !laterKeyword.test(instancePath),
    );
    return mistakesOf(rest, errors);
  };
}

/** One that does not say its version has that whose keywords it uses. */
function versionOf(schema: Schema): Version | undefined {
  const { $schema } = schema;
  if ($schema !== undefined) return versions.find((version) => String($schema).includes(version));
  return "$defs" in schema || /"prefixItems":/.test(JSON.stringify(schema)) ? "2020-12" : "draft-07";
}

/** One mistake for each place: the others say the same in other words, or that what contains it is wrong as well. */
function mistakesOf(schema: Schema, errors: readonly ErrorObject[]): string[] {
  const byPlace = new Map<string, ErrorObject>();
  for (const error of errors) if (!byPlace.has(error.instancePath)) byPlace.set(error.instancePath, error);
  const places = [...byPlace.keys()];
  return [...byPlace.values()]
    .filter(({ instancePath }) => !places.some((place) => place.startsWith(`${instancePath}/`)))
    .map(({ instancePath, message, params }) => {
      const { allowedValues } = params as { readonly allowedValues?: readonly unknown[] };
      const must = allowedValues ? `must be one of ${allowedValues.join(", ")}` : message;
      return `${instancePath || "/"}: ${must}, but is ${JSON.stringify(valueAt(schema, instancePath))}`;
    });
}

/** What a JSON pointer leads to. */
function valueAt(schema: Schema, pointer: string): unknown {
  let value: unknown = schema;
  for (const part of pointer.split("/").slice(1))
    value = (value as Record<string, unknown>)[part.replaceAll("~1", "/").replaceAll("~0", "~")];
  return value;
}
