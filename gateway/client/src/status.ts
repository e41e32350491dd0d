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

/** The status of a client, and who wants to know of its changes. */
export class Statuses {
  readonly #onError: (error: unknown) => void;
  readonly #listeners = new Set<(status: Status) => void>();
  #current: Status = { kind: "connecting" };

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  get current(): Status {
    return this.#current;
  }

  /** Tells a listener of the present status, and of every later one. Returns what ends it. */
  listen(listener: (status: Status) => void): () => void {
    this.#listeners.add(listener);
    this.#tell(listener);
    return () => this.#listeners.delete(listener);
  }

  change(status: Status): void {
    this.#current = status;
    for (const listener of [...this.#listeners]) this.#tell(listener);
  }

  #tell(listener: (status: Status) => void): void {
    try {
      listener(this.#current);
    } catch (error) {
      this.#onError(error);
    }
  }
}
