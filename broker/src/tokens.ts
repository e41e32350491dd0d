import { readFileSync } from "node:fs";
import { SettingsError } from "@exosphere/runtime";
import { parse } from "yaml";

/** The file of --attach-tokens: role: token. Throws a SettingsError if it is anything else. */
export function readAttachTokens(file: string | undefined): ReadonlyMap<string, string> | undefined {
  if (file === undefined) return undefined;
  let content: unknown;
  try {
    content = parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new SettingsError([`--attach-tokens: ${file} is not YAML or JSON: ${(error as Error).message}`]);
  }
  const entries = content && typeof content === "object" && !Array.isArray(content) ? Object.entries(content) : [];
  const wrong = entries.filter(([, token]) => typeof token !== "string" || token === "").map(([role]) => role);
  if (entries.length > 0 && wrong.length === 0) return new Map(entries as [string, string][]);
  const what = entries.length === 0 ? "has no tokens" : `has no usable token for ${wrong.join(", ")}`;
  throw new SettingsError([`--attach-tokens: ${file} ${what}; it needs a line 'role: token' for each role`]);
}
