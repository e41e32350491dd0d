import type { ExoError } from "./exo-error.ts";

/** How a client stands. */
export type Status =
  /** On its way to the gateway. */
  | { readonly kind: "connecting" }
  /**
   * Connected. `recovered: false`: at the first start, and whenever something is or may be missing: load the state anew.
   * `user` is absent for an anonymous session.
   */
  | {
      readonly kind: "online";
      readonly sessionId: string;
      readonly user: string | undefined;
      readonly recovered: boolean;
    }
  /** The connection was lost, or could not be made; the next attempt is in `retryInMs`. What is sent waits. */
  | { readonly kind: "offline"; readonly retryInMs: number; readonly code: number; readonly reason: string }
  /** It is over: it was closed (no error), or the gateway will not have it. */
  | { readonly kind: "closed"; readonly error: ExoError | undefined };
