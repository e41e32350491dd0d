import { readFileSync } from "node:fs";
import { SettingsError } from "./settings-error.ts";

/** A file with one token. Throws a SettingsError if it is empty: then every caller without a token would have the right one. */
export function readToken(file: string | undefined, setting: string): string | undefined {
  if (file === undefined) return undefined;
  const token = readFileSync(file, "utf8").trim();
  if (token === "") throw new SettingsError([`${setting}: ${file} is empty, but should hold a token`]);
  return token;
}
