import type { Log } from "@exosphere/runtime";
import { errors, type JWTVerifyGetKey, jwtVerify } from "jose";
import { Denied } from "../core/denied.ts";
import { type User, userOfClaims } from "../core/user.ts";
import { type JwtConfig, jwtKeys } from "./jwt-keys.ts";

/** Tokens that are remembered with what they say, so that a signature is not checked at every call: some 4 MiB. */
const maxRemembered = 1_000;
/** How long one is remembered, in milliseconds: a key that is taken away is out of use after that. */
const rememberMs = 60_000;

interface Remembered {
  readonly user: User;
  readonly untilMs: number;
}

/** Checks tokens: JWT, RFC 7519, by the rules of RFC 8725. */
export class JwtVerifier {
  readonly #config: JwtConfig;
  readonly #keys: JWTVerifyGetKey | undefined;
  readonly #log: Pick<Log, "debug" | "warn">;
  readonly #remembered = new Map<string, Remembered>();

  /** Throws a SettingsError. */
  constructor(config: JwtConfig, log: Pick<Log, "debug" | "warn">) {
    this.#config = config;
    this.#keys = jwtKeys(config);
    this.#log = log;
  }

  /** Who a token says that its bearer is. Rejects with a Denied, which tells no more than whether a new token would help. */
  async verify(token: string): Promise<User> {
    const remembered = this.#remembered.get(token);
    if (remembered && remembered.untilMs > Date.now()) return remembered.user;
    if (!this.#keys) throw unauthenticated("No tokens are accepted here: call without one.");
    if (token.length > this.#config.jwtMaxBytes)
      throw unauthenticated(`The token is larger than ${this.#config.jwtMaxBytes} bytes.`);
    const user = userOfClaims(await this.#claims(token, this.#keys));
    if (!user) throw unauthenticated(notAccepted);
    this.#remember(token, user);
    return user;
  }

  async #claims(token: string, keys: JWTVerifyGetKey): Promise<Readonly<Record<string, unknown>>> {
    const { jwtAlgorithms, jwtIssuer, jwtAudience, jwtClockTolerance } = this.#config;
    try {
      const { payload } = await jwtVerify(token, keys, {
        algorithms: [...jwtAlgorithms],
        issuer: jwtIssuer as string,
        audience: jwtAudience as string,
        clockTolerance: jwtClockTolerance / 1000,
        requiredClaims: ["exp", "sub"],
      });
      return payload;
    } catch (error) {
      throw this.#refusalOf(error);
    }
  }

  /** What the signature vouches for may be told to its bearer; what went wrong before that is for the log. */
  #refusalOf(error: unknown): Denied {
    if (error instanceof errors.JWTExpired) return unauthenticated("The token has expired. Get a new one.");
    if (error instanceof errors.JWTClaimValidationFailed && error.claim === "nbf" && error.reason === "check_failed")
      return unauthenticated("The token is not valid yet. Try again later.");
    const isOurs = error instanceof errors.JWKSTimeout || !(error instanceof errors.JOSEError);
    const code = error instanceof errors.JOSEError ? error.code : undefined;
    this.#log[isOurs ? "warn" : "debug"]({ code, reason: (error as Error).message }, "a token was not accepted");
    return unauthenticated(notAccepted);
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

const notAccepted = "The token is not accepted here.";

function unauthenticated(detail: string): Denied {
  return new Denied("UNAUTHENTICATED", detail, { facts: { error: "invalid_token" } });
}
