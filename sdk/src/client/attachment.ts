import type { LinkEvents, LinkOptions, LinkStatus } from "@exosphere/link";
import { isLasting, Link } from "@exosphere/link";
import { ExoError } from "@exosphere/proto";

/** What happens to a client: what its link tells, as it happens. */
export type Status = LinkStatus;

/** A link, those who wait until it is up, and those who want to know what happens to it. */
export class Attachment {
  readonly link: Link;
  readonly #waiting = new Set<(error: ExoError | undefined) => void>();
  readonly #listeners = new Set<(status: Status) => void>();
  /** Why the bus does not take this role in, while it does not. */
  #refused: ExoError | undefined;
  /** Whether the bus has it, as it was told last. */
  #standing: Status | undefined;

  constructor(options: LinkOptions, events: Pick<LinkEvents, "delivery" | "unwanted" | "malformed">) {
    this.link = new Link(options, { ...events, status: (status) => this.#changed(status) });
  }

  /** Resolves once the bus has taken this instance in; rejects if it never will, or with the signal's reason. */
  ready(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal !== undefined && !(signal instanceof AbortSignal))
        throw new TypeError("ready() takes an AbortSignal or nothing, such as AbortSignal.timeout(5000).");
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

  /** Tells a listener whether the bus has this instance, and then all that happens. Returns what ends that. */
  onStatus(listener: (status: Status) => void): () => void {
    if (typeof listener !== "function") throw new TypeError("onStatus() takes a function (status) => void.");
    if (this.#standing) listener(this.#standing);
    const own = (status: Status) => listener(status);
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  #changed(status: Status): void {
    if (status.kind === "attached" || status.kind === "detached" || status.kind === "closed") this.#standing = status;
    if (status.kind === "attached") this.#tell(undefined);
    else if (status.kind === "detached" && isLasting(status.error)) this.#tell(status.error);
    else if (status.kind === "closed") this.#tell(new ExoError("DRAINING", "This process has left the bus."));
    for (const listener of [...this.#listeners]) call(listener, status);
  }

  #tell(error: ExoError | undefined): void {
    this.#refused = error;
    for (const told of [...this.#waiting]) told(error);
  }
}

/** What a listener throws must not be the link's. It ends the process, as any error that nobody catches. */
function call(listener: (status: Status) => void, status: Status): void {
  try {
    listener(status);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
