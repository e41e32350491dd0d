import type { Incoming } from "@exosphere/link";
import type { Message } from "../client/message.ts";
import type { Handler } from "./handlers.ts";

/** A message, read, on its way to its handler. */
export interface Received {
  readonly incoming: Incoming;
  readonly message: Message;
}

/** The handler of one message, and what waits for it. */
export class HandlerEntry {
  readonly handle: Handler;
  readonly concurrency: number;
  /** Messages that it deals with now. */
  active = 0;
  /** It is being given what waits. */
  isPassingOn = false;
  /** Those that wait for it. No more than the instance takes at all. */
  readonly waiting: Received[] = [];

  constructor(handle: Handler, concurrency: number) {
    this.handle = handle;
    this.concurrency = concurrency;
  }

  get isFull(): boolean {
    return this.active >= this.concurrency;
  }
}

/** Handlers by the names of their messages. */
export class HandlerTable {
  readonly #entries = new Map<string, HandlerEntry>();

  /** Adds a handler. Throws a TypeError if it is none, or if the message has one already. */
  add(name: string, handler: unknown, concurrency: unknown = Number.POSITIVE_INFINITY): HandlerEntry {
    if (this.#entries.has(name)) throw new TypeError(`'${name}' has a handler already. Remove that one first.`);
    if (typeof handler !== "function")
      throw new TypeError(
        `The handler of '${name}' must be a function (message, context) => reply, but is ${handler}.`,
      );
    if (concurrency !== Number.POSITIVE_INFINITY && !(Number.isInteger(concurrency) && (concurrency as number) > 0))
      throw new TypeError(`The concurrency of '${name}' must be a whole number from 1, but is ${concurrency}.`);
    const entry = new HandlerEntry(handler as Handler, concurrency as number);
    this.#entries.set(name, entry);
    return entry;
  }

  remove(name: string, entry: HandlerEntry): void {
    if (this.#entries.get(name) === entry) this.#entries.delete(name);
  }

  get(name: string): HandlerEntry | undefined {
    return this.#entries.get(name);
  }

  get names(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /** Takes out those that wait, or of them those that `isWanted` names. */
  takeWaiting(isWanted: (received: Received) => boolean = () => true): Received[] {
    return [...this.#entries.values()].flatMap(({ waiting }) => {
      const taken = waiting.filter(isWanted);
      if (taken.length === 0) return taken;
      const left = waiting.filter((each) => !isWanted(each));
      waiting.length = 0;
      // Not spread: a call has room for some 100,000 arguments only.
      for (const each of left) waiting.push(each);
      return taken;
    });
  }
}
