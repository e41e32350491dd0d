/** A message's payload. */
export type Json = Readonly<Record<string, unknown>>;

/** Sends one message. `done` is called once: with the reply, or with nothing when the message is confirmed. */
export type Ask = (value: Json, done: (reply?: unknown) => void) => void;

/** What a receiving part has got so far. */
export interface Received {
  readonly count: number;
  /** The latest payload. */
  readonly last: unknown;
}

/** What a part of a subject can do once it is ready. */
export interface End {
  /** Where others find it. */
  readonly port?: number;
  readonly ask?: Ask;
  readonly received?: () => Received;
}

/** What a part is told when it is started. */
export interface EndOptions {
  readonly port: number;
  /** As gRPC writes it: `127.0.0.1:4100`, `unix:/tmp/socket`. */
  readonly address: string;
  /** Where it goes on from here. */
  readonly next: string;
  /** How many roles, or subscriptions, it plays. */
  readonly count: number;
  /** Other parts of the same subject, where each has to know all. */
  readonly ports: readonly number[];
}

/** Counts what one or several receivers get. */
export class Counter {
  #count = 0;
  #last: unknown;

  readonly received = (): Received => ({ count: this.#count, last: this.#last });

  add(payload: unknown): void {
    this.#count += 1;
    this.#last = payload;
  }
}
