import { constantTimeIncludes } from "@exosphere/http";
import { ExoError, type Registration } from "@exosphere/proto";
import { isLoopback } from "../loopback.ts";
import type { AttachTokens } from "../tokens.ts";

/** Looks anew whether an instance of this machine may attach. Not made anew for each: it would keep what each came with. */
const always = () => {};

/** Decides who may attach: a role with its token where there are tokens, else loopback only. */
export class AttachAuthoriser {
  readonly #tokens: (() => AttachTokens) | undefined;

  /** `tokens` gives those that are accepted at the moment. */
  constructor(tokens: (() => AttachTokens) | undefined) {
    this.#tokens = tokens;
  }

  /**
   * Throws UNAUTHENTICATED unless `peer` (as grpc-js names it) may attach. Returns what looks anew, and throws the same once other
   * tokens are accepted. It keeps no token but one that is accepted, so that nobody fills the memory with long ones.
   */
  check({ role, token }: Pick<Registration, "role" | "token">, peer: string): () => void {
    if (!this.#tokens) {
      if (isLoopback(peer)) return always;
      throw new ExoError(
        "UNAUTHENTICATED",
        "Without --attach-tokens a broker takes instances from its own machine only. Give the broker a file of tokens.",
      );
    }
    const accepted = this.#tokens().get(role);
    // Compared even where the role has none, so that the time taken says nothing of which roles there are.
    const isRight = constantTimeIncludes(accepted ?? ["no such role"], token);
    if (isRight && accepted !== undefined) return () => void this.check({ role, token }, peer);
    throw new ExoError(
      "UNAUTHENTICATED",
      `Role '${role}' needs its own attach token: give it with --attach-token-file.`,
      {
        facts: { role },
      },
    );
  }
}
