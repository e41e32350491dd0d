import type { Log } from "@exosphere/telemetry";
import {
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  jwtVerify,
} from "jose";
import { Denied } from "../core/denied.ts";
import { maxUserIdLength, type User, userOfClaims } from "../core/user.ts";
import { type JwtConfig, type JwtKeys, jwtKeys } from "./jwt-keys.ts";
import { refusalOf, type TokenRefusal } from "./refused-token.ts";
import type { RefusedTokenLog } from "./refused-token-log.ts";
import type { RemoteKeySet } from "./remote-key-set.ts";

/** Tokens that are remembered with what they say, so that a signature is not checked at every call: some 4 MiB. */
const maxRemembered = 1_000;
/** How long one is remembered, in milliseconds: a key that is taken away is out of use after that. */
const rememberMs = 60_000;
/** Keys that are tried for a token which does not name one (`kid`): a provider that rotates its keys has two of each kind. */
const maxTriedKeys = 8;

interface Remembered {
  readonly user: User;
  readonly untilMs: number;
}

/** Dependencies of a verifier. */
export interface VerifierParts {
  readonly log: Pick<Log, "info" | "warn">;
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number;
  readonly refused: RefusedTokenLog;
  /** The key set of the URL, where one is in use already. */
  readonly remote?: RemoteKeySet | undefined;
}

/** Checks tokens: JWT, RFC 7519, by the rules of RFC 8725. */
export class JwtVerifier {
  readonly #config: JwtConfig;
  readonly #keys: JwtKeys | undefined;
  readonly #log: Pick<Log, "warn">;
  readonly #refused: RefusedTokenLog;
  readonly #remembered = new Map<string, Remembered>();

  /** Throws a SettingsError. */
  constructor(config: JwtConfig, parts: VerifierParts) {
    this.#config = config;
    this.#keys = jwtKeys(config, parts);
    this.#log = parts.log;
    this.#refused = parts.refused;
  }

  /** The key set that is fetched from a URL, if there is one. */
  get keySet(): RemoteKeySet | undefined {
    return this.#keys?.remote;
  }

  /**
   * Who a token says that its bearer is. Rejects with a Denied: UNAUTHENTICATED tells no more than whether a new token would help,
   * IDENTITY_UNAVAILABLE says that the same token may be accepted later.
   */
  async verify(token: string): Promise<User> {
    const remembered = this.#remembered.get(token);
    if (remembered && remembered.untilMs > Date.now()) return remembered.user;
    if (!this.#keys) throw this.#refuse("not_configured", "No tokens are accepted here: call without one.");
    if (token.length > this.#config.jwtMaxBytes)
      throw this.#refuse("too_large", `The token is larger than ${this.#config.jwtMaxBytes} bytes.`);
    const claims = await this.#claims(token, this.#keys.find);
    const user = userOfClaims(claims);
    if (!user) throw this.#refuseSubject(claims.sub);
    this.#remember(token, user);
    return user;
  }

  async #claims(token: string, keys: JWTVerifyGetKey): Promise<JWTPayload> {
    const { jwtAlgorithms, jwtIssuer, jwtAudience, jwtClockTolerance } = this.#config;
    const options = {
      algorithms: [...jwtAlgorithms],
      issuer: jwtIssuer as string,
      audience: jwtAudience as string,
      clockTolerance: jwtClockTolerance / 1000,
      requiredClaims: ["exp", "sub"],
    };
    try {
      return await claimsOf(token, keys, options);
    } catch (error) {
      throw this.#refusalOf(error, token);
    }
  }

  /** What the signature vouches for may be told to its bearer; what went wrong before that is for the log. */
  #refusalOf(error: unknown, token: string): Denied {
    if (error instanceof Denied) {
      this.#refused.add({ refusal: "keys_unavailable", ...headerOf(token) });
      return error;
    }
    const refusal = refusalOf(error);
    const detail = (error as Error).message;
    if (refusal === "unexpected") this.#log.warn({ reason: detail }, "a token could not be checked");
    this.#refused.add({ refusal, detail, ...headerOf(token) });
    return unauthenticated(hints[refusal] ?? "The token is not accepted here.");
  }

  #refuse(refusal: TokenRefusal, detail: string): Denied {
    this.#refused.add({ refusal, detail });
    return unauthenticated(detail);
  }

  #refuseSubject(sub: unknown): Denied {
    const refusal = typeof sub === "string" ? "subject_length" : "subject_not_text";
    const is = typeof sub === "string" ? `has ${sub.length} characters` : `is a ${typeof sub}`;
    return this.#refuse(
      refusal,
      `The claim 'sub' of the token ${is}. It must be text of 1 to ${maxUserIdLength} characters.`,
    );
  }

  #remember(token: string, user: User): void {
    if (this.#remembered.size >= maxRemembered) {
      const [oldest] = this.#remembered.keys();
      if (oldest !== undefined) this.#remembered.delete(oldest);
    }
    this.#remembered.delete(token);
    this.#remembered.set(token, { user, untilMs: Math.min(Date.now() + rememberMs, user.expiresMs) });
  }
}

const hints: Partial<Readonly<Record<TokenRefusal, string>>> = {
  expired: "The token has expired. Get a new one.",
  not_yet_valid: "The token is not valid yet. Try again later.",
};

/** A key set may have several keys that fit, as `kid` is optional (RFC 7517, section 4.5): then each of them is tried. */
async function claimsOf(token: string, keys: JWTVerifyGetKey, options: JWTVerifyOptions): Promise<JWTPayload> {
  try {
    return (await jwtVerify(token, keys, options)).payload;
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    let tried = 0;
    for await (const key of error) {
      if (tried === maxTriedKeys) break;
      tried += 1;
      try {
        return (await jwtVerify(token, key, options)).payload;
      } catch (failure) {
        if (!(failure instanceof errors.JWSSignatureVerificationFailed)) throw failure;
      }
    }
    throw new errors.JWSSignatureVerificationFailed(`none of ${tried} keys without a name (kid) fits`);
  }
}

/** The header tells which key was meant. It is not secret, and may be anything. */
function headerOf(token: string): { readonly alg?: string; readonly kid?: string } {
  try {
    const { alg, kid } = decodeProtectedHeader(token);
    return { ...(typeof alg === "string" && { alg }), ...(typeof kid === "string" && { kid }) };
  } catch {
    return {};
  }
}

function unauthenticated(detail: string): Denied {
  return new Denied("UNAUTHENTICATED", detail, { facts: { error: "invalid_token" } });
}
