import type { Awaited } from "./awaited.ts";
import type { ReturnPath } from "./bus.ts";

/** Where a reply to a message goes. */
export interface ReplyPath extends ReturnPath {
  /** The activity of the message. */
  readonly activityId: string;
}

/** A message that was pushed to a session. */
export interface Pushed {
  /** Its JSON but for the opening brace and the offset. Shared by all sessions that it goes to. */
  readonly body: string;
  readonly bytes: number;
  readonly id: string;
  /** When it was pushed, in milliseconds of the core's clock. */
  readonly atMs: number;
  /** Not undefined: somebody waits for the client's reply. */
  readonly returnPath: ReplyPath | undefined;
  /** Not undefined: the bus waits until a client has confirmed it. */
  awaited: Awaited | undefined;
}

/** The front of the list is cut off once this many entries of it are gone, and they are more than half of it. */
const compactFrom = 64;

/** What was pushed to a session of late, by offset: 1, 2, 3, … without gaps. */
export class SessionWindow {
  #entries: (Pushed | undefined)[] = [];
  /** Index of the oldest entry. */
  #head = 0;
  #last: number;
  #bytes = 0;

  /** `last`: the offset after which it goes on. */
  constructor(last = 0) {
    this.#last = last;
  }

  /** Offset of the newest message, 0 if there was none. */
  get last(): number {
    return this.#last;
  }

  /** Offset of the newest message that is gone: what is kept begins after it. */
  get gone(): number {
    return this.#last - this.size;
  }

  get size(): number {
    return this.#entries.length - this.#head;
  }

  /** Bytes of the messages that are kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds a message and returns its offset. */
  append(entry: Pushed): number {
    this.#entries.push(entry);
    this.#bytes += entry.bytes;
    this.#last += 1;
    return this.#last;
  }

  /** The message of an offset, if it is kept. */
  at(offset: number): Pushed | undefined {
    return offset > this.gone && offset <= this.#last ? this.#entries[this.#head + offset - this.gone - 1] : undefined;
  }

  /** The oldest message. */
  get oldest(): Pushed | undefined {
    return this.#entries[this.#head];
  }

  /** Drops the oldest message. */
  dropOldest(): Pushed | undefined {
    const entry = this.#entries[this.#head];
    if (!entry) return undefined;
    this.#entries[this.#head] = undefined;
    this.#head += 1;
    this.#bytes -= entry.bytes;
    if (this.#head >= compactFrom && this.#head * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
    return entry;
  }

  /** The newest message that fits, looked for one by one: rare. */
  find(fits: (entry: Pushed) => boolean): Pushed | undefined {
    for (let index = this.#entries.length - 1; index >= this.#head; index -= 1) {
      const entry = this.#entries[index];
      if (entry && fits(entry)) return entry;
    }
    return undefined;
  }
}

/** A pushed message as a frame. */
export function frameOf(offset: number, { body }: Pushed): string {
  return `{"offset":${offset},${body}`;
}
