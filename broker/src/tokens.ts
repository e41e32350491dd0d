import { readFileSync } from "node:fs";
import { maxTokens, SettingsError } from "@exosphere/settings";
import { parse } from "yaml";

/** Attach tokens by role: those that are accepted, of which the first is the newer one. */
export type AttachTokens = ReadonlyMap<string, readonly string[]>;

/** The file of `setting`: role: token, or role: [new, old] while one is replaced. Throws a SettingsError if it is anything else. */
export function readAttachTokens(file: string, setting: string): AttachTokens {
  let content: unknown;
  try {
    content = parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new SettingsError([`${setting}: ${file} is not YAML or JSON: ${(error as Error).message}`]);
  }
  const entries = content && typeof content === "object" && !Array.isArray(content) ? Object.entries(content) : [];
  const tokens = new Map(entries.map(([role, value]) => [role, tokensOf(value)] as const));
  const wrong = [...tokens].filter(([, each]) => each === undefined).map(([role]) => role);
  if (tokens.size > 0 && wrong.length === 0) return tokens as AttachTokens;
  const what = tokens.size === 0 ? "has no tokens" : `has no usable token for ${wrong.join(", ")}`;
  const form = "it needs a line 'role: token', or 'role: [new token, old token]', for each role";
  throw new SettingsError([`${setting}: ${file} ${what}; ${form}`]);
}

function tokensOf(value: unknown): readonly string[] | undefined {
  const tokens = Array.isArray(value) ? (value as unknown[]) : [value];
  const isRight = tokens.every((token) => typeof token === "string" && token !== "");
  return isRight && tokens.length > 0 && tokens.length <= maxTokens ? (tokens as string[]) : undefined;
}
