import { earlierKeys } from "./earlier-keys.ts";
import { type JsonSchema, structure, words } from "./form.ts";
import type { YamlValue } from "./yaml-value.ts";

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string>>;

/** Groups of earlier versions that are read, as this is how services run here. */
const groups = ["default", "development"];

const notVariables = [...groups, ...earlierKeys.environment];
const group: JsonSchema = { anyOf: [{ $ref: "#/definitions/environment" }, { ...words.schema }, { type: "null" }] };

/** What `#/definitions/environment` is to be in a schema in which variables stand: their groups contain each other. */
export const environmentDefinition: JsonSchema = {
  type: "object",
  properties: Object.fromEntries([
    ...groups.map((name) => [name, group]),
    ...[...earlierKeys.environment].map((name) => [name, {}]),
  ]),
  patternProperties: {
    [`^(?!(?:${notVariables.join("|")})$)[A-Za-z_][A-Za-z0-9_]*$`]: { type: [words.schema.type, "null"].flat() },
  },
  additionalProperties: false,
};

/** The variables of a process. */
export const environmentForm = structure({ anyOf: [{ $ref: "#/definitions/environment" }] });

/**
 * Reads `NAME: value` pairs. In earlier versions they were grouped by kind of deployment: of those, `default` and
 * `development` are read, as this is how services run here.
 */
export function readEnvironment(value: YamlValue | undefined): Environment {
  return Object.fromEntries(value === undefined ? [] : pairs(value));
}

function pairs(environment: YamlValue): (readonly [string, string])[] {
  return [...(environment.entries() ?? [])].flatMap(([name, value]) => {
    if (groups.includes(name) && (value.isMap || value.isEmpty)) return value.isEmpty ? [] : pairs(value);
    if (earlierKeys.environment.has(name)) {
      value.ignore();
      return [];
    }
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      value.refuseKey("is no name for an environment variable; use letters, digits and _");
    }
    const text = value.isEmpty ? "" : value.words();
    return text === undefined ? [] : [[name, text] as const];
  });
}
