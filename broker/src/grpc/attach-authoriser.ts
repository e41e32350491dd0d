import { ExoError, type Registration } from "@exosphere/proto";
import { constantTimeEquals } from "@exosphere/runtime";
import { isLoopback } from "../loopback.ts";

/** Decides who may attach: a role with its token where there are tokens, else loopback only. */
export class AttachAuthoriser {
  readonly #tokens: ReadonlyMap<string, string> | undefined;

  constructor(tokens: ReadonlyMap<string, string> | undefined) {
    this.#tokens = tokens;
  }

  /** Throws UNAUTHENTICATED unless `peer` (as grpc-js names it) may attach. */
  check({ role, token }: Registration, peer: string): void {
    if (!this.#tokens) {
      if (isLoopback(peer)) return;
      throw new ExoError(
        "UNAUTHENTICATED",
        "Without --attach-tokens a broker takes instances from its own machine only. Give the broker a file of tokens.",
      );
    }
    const wanted = this.#tokens.get(role);
    // Compared even where the role has none, so that the time taken says nothing of which roles there are.
    const isRight = constantTimeEquals(token, wanted ?? "no such role");
    if (isRight && wanted !== undefined) return;
    throw new ExoError(
      "UNAUTHENTICATED",
      `Role '${role}' needs its own attach token: give it with --attach-token-file.`,
      {
        facts: { role },
      },
    );
  }
}
