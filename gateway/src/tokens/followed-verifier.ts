import { readFileSync } from "node:fs";
import type { TokenFiles } from "@exosphere/settings";
import type { User } from "../core/user.ts";
import { type JwtConfig, jwtKeys } from "./jwt-keys.ts";
import { JwtVerifier, type VerifierParts } from "./jwt-verifier.ts";
import type { TokenRefusal } from "./refused-token.ts";
import { RefusedTokenLog } from "./refused-token-log.ts";
import type { RemoteKeySet } from "./remote-key-set.ts";

/** Checks tokens with the keys that stand in their files at the moment. What was vouched for by a key that is gone is forgotten. */
export class FollowedVerifier {
  readonly #refused: RefusedTokenLog;
  #verifier: JwtVerifier;

  /** Throws a SettingsError if a file is broken at the start. A broken change is refused by `files`. */
  constructor(config: JwtConfig, files: TokenFiles, around: Pick<VerifierParts, "log" | "now">) {
    this.#refused = new RefusedTokenLog(around.log, around.now);
    const parts = { ...around, refused: this.#refused };
    this.#verifier = new JwtVerifier(config, parts);
    // The keys are made to see whether they are right; what is compared and kept is the text.
    const read = (file: string) => {
      jwtKeys(config, around);
      return readFileSync(file, "utf8");
    };
    const changed = () => {
      // The set of a URL has not changed by this.
      this.#verifier = new JwtVerifier(config, { ...parts, remote: this.keySet });
    };
    files.open(config.jwtSecretFile, "--jwt-secret-file", read, changed);
    files.open(config.jwtPublicKeyFile, "--jwt-public-key-file", read, changed);
    files.open(config.jwtJwksFile, "--jwt-jwks-file", read, changed);
  }

  /** Refused tokens, by why. */
  get refused(): ReadonlyMap<TokenRefusal, number> {
    return this.#refused.totals;
  }

  /** The key set that is fetched from a URL, if there is one. */
  get keySet(): RemoteKeySet | undefined {
    return this.#verifier.keySet;
  }

  /** Who a token says that its bearer is. Rejects with a Denied. */
  verify(token: string): Promise<User> {
    return this.#verifier.verify(token);
  }
}
