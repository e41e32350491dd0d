import { createHmac, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { constantTimeEquals } from "@exosphere/http";
import { SettingsError } from "@exosphere/settings";
import type { Secrets } from "../core/session-token.ts";

/** 128 bits of an HMAC are as good as all of it: RFC 2104, section 5. */
const signatureBytes = 16;

/** Signs with a key, and makes what nobody guesses. */
export function secretsOf(key: Uint8Array): Secrets {
  return {
    random: (length) =>
      randomBytes(Math.ceil((length * 3) / 4))
        .toString("base64url")
        .slice(0, length),
    sign: (text) => createHmac("sha256", key).update(text).digest().subarray(0, signatureBytes).toString("base64url"),
    equal: constantTimeEquals,
  };
}

/** A key shorter than this, in bytes, makes signatures weaker than they are long: RFC 2104, section 3. */
const leastKeyBytes = 32;

/** The key in a file, all of its bytes. Throws a SettingsError. */
export function readKey(file: string): Uint8Array {
  const key = readFileSync(file);
  if (key.byteLength >= leastKeyBytes) return key;
  throw new SettingsError([
    `--session-key-file: ${file} must hold a key of at least ${leastKeyBytes} bytes: whoever guesses it makes up session tokens`,
  ]);
}

/** A key that only this process knows. */
export function newKey(): Uint8Array {
  return randomBytes(32);
}
