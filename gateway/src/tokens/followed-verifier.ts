import { readFileSync } from "node:fs";
import type { Log, TokenFiles } from "@exosphere/runtime";
import type { User } from "../core/user.ts";
import { type JwtConfig, jwtKeys } from "./jwt-keys.ts";
import { JwtVerifier } from "./jwt-verifier.ts";

/** Checks tokens with the keys that stand in their files at the moment. What was vouched for by a key that is gone is forgotten. */
export class FollowedVerifier {
  #verifier: JwtVerifier;

  /** Throws a SettingsError if a file is broken at the start. A broken change is refused by `files`. */
  constructor(config: JwtConfig, files: TokenFiles, log: Pick<Log, "debug" | "warn">) {
    this.#verifier = new JwtVerifier(config, log);
    // The keys are made to see whether they are right; what is compared and kept is the text.
    const read = (file: string) => {
      jwtKeys(config);
      return readFileSync(file, "utf8");
    };
    const changed = () => {
      this.#verifier = new JwtVerifier(config, log);
    };
    files.open(config.jwtSecretFile, "--jwt-secret-file", read, changed);
    files.open(config.jwtPublicKeyFile, "--jwt-public-key-file", read, changed);
    files.open(config.jwtJwksFile, "--jwt-jwks-file", read, changed);
  }

  /** Who a token says that its bearer is. Rejects with a Denied. */
  verify(token: string): Promise<User> {
    return this.#verifier.verify(token);
  }
}
