/** The ways by which an app can take its deliveries. */
export type ConsumerKind = "http" | "socket" | "websocket" | "inbox";

/** Hooks for the moments when a kind of consumer is found, and when it is given up. */
export interface ConsumerObserver {
  /** The app has begun to take its deliveries in this way. */
  claimed(kind: ConsumerKind): void;
  /** It has gone before it took any: the app may use another way. */
  released(): void;
}

/**
 * How the app of this sidecar takes its deliveries. One sidecar is one instance with one kind of consumer: the first kind that
 * is given a delivery has it for the life of the sidecar, the others are refused. One that goes before has claimed nothing, so
 * that a connection opened by mistake does not leave the app without its messages.
 */
export class Consumer {
  /** What it turned out to be, as soon as it is known. */
  kind: ConsumerKind | undefined;
  #isFinal = false;
  readonly #observer: ConsumerObserver | undefined;

  constructor(observer?: ConsumerObserver) {
    this.#observer = observer;
  }

  /** A consumer of this kind is there. False: one of another kind is, or was. */
  claim(kind: ConsumerKind): boolean {
    if (this.kind === undefined) {
      this.kind = kind;
      this.#observer?.claimed(kind);
    }
    return this.kind === kind;
  }

  /** The consumer is given a delivery: from now on no other kind is served. */
  confirm(): void {
    this.#isFinal = true;
  }

  /** No consumer of this kind is there any more. */
  release(kind: ConsumerKind): void {
    if (this.#isFinal || this.kind !== kind) return;
    this.kind = undefined;
    this.#observer?.released();
  }

  /** The app is exchanged: the next one may take its deliveries in any way. */
  renew(): void {
    this.#isFinal = false;
    this.kind = undefined;
  }
}
