import { readFileSync } from "node:fs";
import { SettingsError } from "./settings-error.ts";

/** Tokens that are valid at a time: a new one, and the old one for as long as somebody still has it. */
export const maxTokens = 2;

/**
 * A file with one token, or two on a line each: the first is the one to give to others, both are accepted of others. Throws a
 * SettingsError if it has none: then every caller without a token would have the right one.
 */
export function readTokens(file: string, setting: string): readonly string[] {
  const tokens = textOf(file, setting)
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
  if (tokens.length === 0) throw new SettingsError([`${setting}: ${file} is empty, but should hold a token`]);
  if (tokens.length > maxTokens) {
    const what = `has ${tokens.length} lines; it may have one token, or two, on a line each`;
    throw new SettingsError([`${setting}: ${file} ${what}`]);
  }
  return tokens;
}

/** What may stand in `authorization: Bearer …`: RFC 6750, section 2.1. */
const bearer = /^[\w.~+/-]+=*$/;

/** As `readTokens`, for tokens that callers of an HTTP server have to send: they must be ones that a header can carry. */
export function readBearerTokens(file: string, setting: string): readonly string[] {
  const tokens = readTokens(file, setting);
  if (tokens.every((token) => bearer.test(token))) return tokens;
  throw new SettingsError([
    `${setting}: the tokens in ${file} may have letters, digits and . _ ~ + / - only, on a line each`,
  ]);
}

function textOf(file: string, setting: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new SettingsError([`${setting}: ${file} cannot be read: ${(error as Error).message}`]);
  }
}
