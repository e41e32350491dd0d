import { readFileSync } from "node:fs";
import { SettingsError } from "./settings-error.ts";

/** A file with one token. Throws a SettingsError if it is empty: then every caller without a token would have the right one. */
export function readToken(file: string | undefined, setting: string): string | undefined {
  if (file === undefined) return undefined;
  const token = readFileSync(file, "utf8").trim();
  if (token === "") throw new SettingsError([`${setting}: ${file} is empty, but should hold a token`]);
  return token;
}

/** What may stand in `authorization: Bearer …`: RFC 6750, section 2.1. */
const bearer = /^[\w.~+/-]+=*$/;

/** As `readToken`, for a token that callers of an HTTP server have to send: it must be one that a header can carry. */
export function readBearerToken(file: string | undefined, setting: string): string | undefined {
  const token = readToken(file, setting);
  if (token === undefined || bearer.test(token)) return token;
  throw new SettingsError([
    `${setting}: the token in ${file} may have letters, digits and . _ ~ + / - only, on one line`,
  ]);
}
