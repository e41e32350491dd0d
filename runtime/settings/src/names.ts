import type { Setting } from "./setting.ts";

/** The name of a setting in a file, and of its flag without the dashes: `maxPayload` is `max-payload`. */
export function keyOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** The flag of a setting: `maxPayload` is `--max-payload`. */
export function flagOf(name: string): string {
  return `--${keyOf(name)}`;
}

/** The environment variables of a setting, the first that has a value counts: `maxPayload` is EXO_MAX_PAYLOAD. */
export function variablesOf(name: string, setting: Setting<unknown>): readonly string[] {
  return [`EXO_${keyOf(name).replaceAll("-", "_").toUpperCase()}`, ...[setting.env ?? []].flat()];
}
