import { ExoError } from "@exosphere/proto";
import type { Incoming } from "../link/incoming.ts";
import { Link } from "../link/link.ts";
import type { LinkOptions } from "../link/link-config.ts";
import type { LinkStatus } from "../link/link-status.ts";

/** How long draining may take unless its caller says otherwise, in milliseconds: the grace of every process. */
const graceMs = 10_000;

/** Reasons that no other attempt mends. */
const lasting: ReadonlySet<string> = new Set(["NOT_ALLOWED", "UNAUTHENTICATED", "INVALID_MESSAGE"]);

/** A link, and those who wait until it is up. */
export class Attachment {
  readonly link: Link;
  readonly #waiting = new Set<(error: ExoError | undefined) => void>();
  /** Why the bus does not take this role in, while it does not. */
  #refused: ExoError | undefined;

  constructor(options: LinkOptions, delivery: (incoming: Incoming) => void) {
    this.link = new Link(options, { delivery, status: (status) => this.#changed(status) });
  }

  /** Resolves once the bus has taken this instance in; rejects if it never will, or with the signal's reason. */
  ready(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      if (this.link.isAttached) return resolve();
      if (this.#refused) return reject(this.#refused);
      const told = (error: ExoError | undefined) => {
        this.#waiting.delete(told);
        signal?.removeEventListener("abort", aborted);
        if (error) reject(error);
        else resolve();
      };
      function aborted(this: AbortSignal) {
        told(this.reason as ExoError);
      }
      this.#waiting.add(told);
      signal?.addEventListener("abort", aborted, { once: true });
    });
  }

  /** Sends what waits, and leaves; by force when `deadline` fires. */
  drain(deadline: AbortSignal): Promise<void> {
    return this.link.drain(deadline);
  }

  #changed(status: LinkStatus): void {
    if (status.kind === "attached") this.#tell(undefined);
    else if (status.kind === "detached" && lasting.has(status.error.reason)) this.#tell(status.error);
    else if (status.kind === "closed") this.#tell(new ExoError("DRAINING", "This process has left the bus."));
  }

  #tell(error: ExoError | undefined): void {
    this.#refused = error;
    for (const told of [...this.#waiting]) told(error);
  }
}

/** When draining that nobody limited ends by force. */
export function defaultGrace(): AbortSignal {
  return AbortSignal.timeout(graceMs);
}
