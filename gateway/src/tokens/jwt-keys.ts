import { createSecretKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { SettingsError } from "@exosphere/settings";
import { createLocalJWKSet, errors, importSPKI, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";
import type { GatewayConfig } from "../config.ts";
import { fetchKeySet } from "./fetch-key-set.ts";
import { RemoteKeySet, type RemoteKeySetOptions } from "./remote-key-set.ts";

/** The settings of tokens. */
export type JwtConfig = Pick<
  GatewayConfig,
  | "jwtAlgorithms"
  | "jwtSecretFile"
  | "jwtPublicKeyFile"
  | "jwtJwksFile"
  | "jwtJwksUrl"
  | "jwtJwksKeep"
  | "jwtIssuer"
  | "jwtAudience"
  | "jwtClockTolerance"
  | "jwtMaxBytes"
>;

/** Algorithms with a secret: RFC 7518, section 3.2. */
export const secretAlgorithms: readonly string[] = ["HS256", "HS384", "HS512"];

/** Algorithms with a public key: RFC 7518 and RFC 8037. `none` is none. */
export const publicAlgorithms: readonly string[] = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  ...["ES256", "ES384", "ES512", "EdDSA", "Ed25519"],
];

/** A secret shorter than this, in bytes, can be found by trying: RFC 7518, section 3.2, wants 32. */
const leastSecretBytes = 32;

/** Where keys for tokens are found. */
export interface JwtKeys {
  /**
   * Finds the key for a token. A secret is used for algorithms with a secret and for nothing else, a public key never: a token that
   * is signed with the public key as its secret finds none.
   */
  readonly find: JWTVerifyGetKey;
  /** The key set behind it that comes from a URL, if any. */
  readonly remote: RemoteKeySet | undefined;
}

/** What a key set that is fetched needs, or the one that is in use already. */
export interface KeysAround extends Pick<RemoteKeySetOptions, "log" | "now"> {
  readonly remote?: RemoteKeySet | undefined;
}

/** What finds the keys of the settings. Undefined: no keys are set, and no token is accepted. Throws a SettingsError. */
export function jwtKeys(config: JwtConfig, around: KeysAround): JwtKeys | undefined {
  const secret = config.jwtSecretFile === undefined ? undefined : readSecret(config.jwtSecretFile);
  const { jwtJwksUrl, jwtJwksKeep } = config;
  const remote =
    jwtJwksUrl === undefined
      ? undefined
      : (around.remote ??
        new RemoteKeySet({ ...around, fetchSet: () => fetchKeySet(jwtJwksUrl), keepMs: jwtJwksKeep }));
  const publicKey = remote?.find ?? publicKeyOf(config);
  if (!secret && !publicKey) return undefined;
  const find: JWTVerifyGetKey = async (header, token) => {
    const isSecret = secretAlgorithms.includes(header.alg);
    if (isSecret && secret) return secret;
    if (!isSecret && publicKey) return publicKey(header, token);
    throw new errors.JOSENotSupported(`no key for the algorithm ${header.alg}`);
  };
  return { find, remote };
}

function publicKeyOf({ jwtPublicKeyFile, jwtJwksFile }: JwtConfig): JWTVerifyGetKey | undefined {
  if (jwtJwksFile !== undefined) return localSet(jwtJwksFile);
  if (jwtPublicKeyFile === undefined) return undefined;
  const pem = readFileSync(jwtPublicKeyFile, "utf8");
  if (!pem.includes("-----BEGIN PUBLIC KEY-----"))
    throw new SettingsError([`--jwt-public-key-file: ${jwtPublicKeyFile} is not a PEM file with a PUBLIC KEY (SPKI)`]);
  return ({ alg }) => importSPKI(pem, alg);
}

function localSet(file: string): JWTVerifyGetKey {
  try {
    const set = JSON.parse(readFileSync(file, "utf8")) as JSONWebKeySet;
    if (set.keys.some(({ kty, d }) => kty === "oct" || d !== undefined))
      throw new SettingsError([`--jwt-jwks-file: ${file} has a secret or private key; it must hold public keys only`]);
    return createLocalJWKSet(set);
  } catch (error) {
    if (error instanceof SettingsError) throw error;
    throw new SettingsError([`--jwt-jwks-file: ${file} is not a JSON Web Key Set: ${(error as Error).message}`]);
  }
}

function readSecret(file: string) {
  const secret = readFileSync(file, "utf8").trim();
  if (Buffer.byteLength(secret) < leastSecretBytes)
    throw new SettingsError([`--jwt-secret-file: ${file} must hold a secret of at least ${leastSecretBytes} bytes`]);
  return createSecretKey(secret, "utf8");
}
