import type { Message } from "./messages.ts";

type AnyHandler = (message: Message) => unknown;

/** Who wants to know of which messages. */
export class Subscribers {
  readonly #byName = new Map<string, Set<AnyHandler>>();
  readonly #ofAll = new Set<AnyHandler>();
  readonly #onError: (error: unknown) => void;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** `name` undefined: all messages. Returns what ends it. */
  add(name: string | undefined, handler: AnyHandler): () => void {
    const handlers = name === undefined ? this.#ofAll : (this.#byName.get(name) ?? new Set());
    if (name !== undefined) this.#byName.set(name, handlers);
    handlers.add(handler);
    return () => {
      handlers.delete(handler);
      if (name !== undefined && handlers.size === 0) this.#byName.delete(name);
    };
  }

  /** Gives a message to its handlers. `done` is called once all are through, however they ended. */
  dispatch(message: Message, done: () => void): void {
    const running: PromiseLike<unknown>[] = [];
    for (const handler of [...(this.#byName.get(message.name) ?? []), ...this.#ofAll]) {
      try {
        const result = handler(message);
        if (isThenable(result)) running.push(result);
      } catch (error) {
        this.#onError(error);
      }
    }
    if (running.length === 0) return done();
    void Promise.allSettled(running).then((results) => {
      for (const result of results) if (result.status === "rejected") this.#onError(result.reason);
      done();
    });
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as Partial<PromiseLike<unknown>> | null | undefined)?.then === "function";
}
