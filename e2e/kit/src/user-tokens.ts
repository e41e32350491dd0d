import { exportSPKI, generateKeyPair, SignJWT } from "jose";

/** The secret of these tests. */
export const secret = "a secret of the tests, with more than 32 bytes";

/** Settings that go with the secret. */
export const secretSettings = (file: (name: string, content: string) => string) => [
  ...["--jwt-secret-file", file("secret", secret), "--jwt-algorithms", "HS256"],
  ...["--jwt-issuer", "issuer", "--jwt-audience", "app"],
];

/** What a token says, if not what all of them do. */
export interface Claims {
  readonly aud?: string;
  readonly iss?: string;
  readonly exp?: number | string | undefined;
  readonly nbf?: number;
  readonly scope?: string;
  readonly [claim: string]: unknown;
}

/** A token of a user, signed with the secret: good for an hour unless it says otherwise. */
export function tokenOf(sub: string, claims: Claims = {}, key: string = secret): Promise<string> {
  const { exp = "1h", ...rest } = claims;
  const token = new SignJWT({ sub, aud: "app", iss: "issuer", ...rest }).setProtectedHeader({ alg: "HS256" });
  return token.setExpirationTime(exp).sign(new TextEncoder().encode(key));
}

/** A pair of keys of an algorithm. */
export async function keysOf(alg: string) {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { privateKey, publicKey, pem: await exportSPKI(publicKey) };
}
