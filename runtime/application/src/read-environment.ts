import { earlierKeys } from "./earlier-keys.ts";
import type { YamlValue } from "./yaml-value.ts";

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string>>;

/**
 * Reads `NAME: value` pairs. In earlier versions they were grouped by kind of deployment: of those, `default` and
 * `development` are read, as this is how services run here.
 */
export function readEnvironment(value: YamlValue | undefined): Environment {
  return Object.fromEntries(value === undefined ? [] : pairs(value));
}

function pairs(environment: YamlValue): (readonly [string, string])[] {
  return [...(environment.entries() ?? [])].flatMap(([name, value]) => {
    if ((name === "default" || name === "development") && (value.isMap || value.isEmpty)) {
      return value.isEmpty ? [] : pairs(value);
    }
    if (earlierKeys.environment.has(name)) {
      value.ignore();
      return [];
    }
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
      value.refuseKey("is no name for an environment variable; use letters, digits and _");
    }
    const words = value.isEmpty ? "" : value.words();
    return words === undefined ? [] : [[name, words] as const];
  });
}
