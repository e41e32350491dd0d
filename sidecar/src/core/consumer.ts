/** The ways by which an app can take its deliveries. */
export type ConsumerKind = "http" | "socket" | "websocket" | "inbox";

/**
 * How the app of this sidecar takes its deliveries. One sidecar is one instance with one kind of consumer: the kind that
 * is there first has it for the life of the sidecar, the others are refused.
 */
export class Consumer {
  #kind: ConsumerKind | undefined;

  /** What it turned out to be, as soon as it is known. */
  get kind(): ConsumerKind | undefined {
    return this.#kind;
  }

  /** A consumer of this kind is there. False: another kind was before. */
  claim(kind: ConsumerKind): boolean {
    this.#kind ??= kind;
    return this.#kind === kind;
  }
}
