import type { Awaited } from "./awaited.ts";
import { type Pushed, type ReplyPath, SessionWindow } from "./session-window.ts";
import { authOf, type User } from "./user.ts";

/** Why a connection is ended: the close codes of docs/gateway.md. */
export const closeCodes = {
  ended: 1000,
  policy: 1008,
  tooBig: 1009,
  internal: 1011,
  restart: 1012,
  unauthenticated: 4401,
  takenOver: 4409,
  slow: 4413,
  tooMany: 4429,
} as const;

/** Requests that a client may still answer after it has confirmed them, each some 200 bytes: more than a person is asked at once. */
const maxPaths = 100;

/** What a session pushes through. */
export interface SessionConnection {
  /** There is something new in the window. */
  wake(): void;
  /** Ends it, and says why. */
  end(code: number, reason: string): void;
}

/** How a client wants what is pushed to it. */
export interface Wishes {
  /** It confirms messages. */
  readonly isAcking: boolean;
  /** The only names that it wants; undefined: all. */
  readonly names: ReadonlySet<string> | undefined;
}

/** One client, over as many connections as it needs one after the other. */
export class Session {
  readonly id: string;
  /** Names this life of the session: offsets of another one mean nothing here. A new one when its client signs in. */
  incarnation: string;
  readonly window: SessionWindow;
  connection: SessionConnection | undefined;
  /** Its client confirms messages. */
  isAcking = false;
  /** Up to where it has. */
  acked = 0;
  /** The only names that it wants; undefined: all. */
  names: ReadonlySet<string> | undefined;
  /** It was read from a file: messages may come again that it has already. */
  readonly isRestored: boolean;
  /** Messages that the window has no room for any more, by their offsets: their client may confirm them yet. */
  readonly #unkept = new Map<number, Awaited>();
  /** Where replies to messages go that the window no longer has, by their ids. */
  readonly #paths = new Map<string, ReplyPath>();
  #user: User | undefined;
  #auth: Uint8Array | undefined;

  constructor(id: string, incarnation: string, { last = 0, isRestored = false } = {}) {
    this.id = id;
    this.incarnation = incarnation;
    this.window = new SessionWindow(last);
    this.isRestored = isRestored;
  }

  get user(): User | undefined {
    return this.#user;
  }

  set user(user: User | undefined) {
    this.#user = user;
    this.#auth = undefined;
  }

  /** The `auth` of what its client sends. */
  get auth(): Uint8Array {
    this.#auth ??= authOf(this.id, this.#user);
    return this.#auth;
  }

  wish({ isAcking, names }: Wishes): void {
    this.isAcking = isAcking;
    this.names = names;
  }

  /** A message is no longer kept. Its client may confirm it yet, and reply to it. */
  unkept(offset: number, { id, awaited, returnPath }: Pushed): void {
    if (returnPath) this.#rememberPath(id, returnPath);
    if (!awaited?.isOpen) return;
    // No more than there is credit for: what the bus waits for no longer goes first.
    for (const [each, { isOpen }] of this.#unkept) if (!isOpen) this.#unkept.delete(each);
    this.#unkept.set(offset, awaited);
  }

  /** Where a reply to a message goes. Undefined: nobody waits for one, or it was too long ago. */
  replyPathOf(messageId: string): ReplyPath | undefined {
    return this.window.find(({ id }) => id === messageId)?.returnPath ?? this.#paths.get(messageId);
  }

  #rememberPath(messageId: string, path: ReplyPath): void {
    this.#paths.delete(messageId);
    this.#paths.set(messageId, path);
    const [oldest] = this.#paths.keys();
    if (this.#paths.size > maxPaths && oldest !== undefined) this.#paths.delete(oldest);
  }

  /** Confirms what is no longer kept, up to an offset. */
  confirmUnkept(until: number): void {
    for (const [offset, awaited] of this.#unkept) {
      if (offset > until) return;
      this.#unkept.delete(offset);
      awaited.confirm();
    }
  }

  /** Whether it wants messages of this name. */
  wants(name: string): boolean {
    return this.names === undefined || this.names.has(name);
  }
}
