import type { Awaited } from "./awaited.ts";
import { type Pushed, type ReplyPath, SessionWindow } from "./session-window.ts";
import { authOf, type User } from "./user.ts";

/** Why a connection is ended: the close codes of docs/reference/websocket.md. */
export const closeCodes = {
  ended: 1000,
  policy: 1008,
  tooBig: 1009,
  internal: 1011,
  restart: 1012,
  tryLater: 1013,
  unauthenticated: 4401,
  tardy: 4408,
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

/** A request that a client has not answered. */
interface OpenQuestion {
  readonly path: ReplyPath;
  /** Until when its requester waits, in milliseconds of the core's clock. */
  readonly dueMs: number;
}

/** One client, over as many connections as it needs one after the other. */
export class Session {
  readonly id: string;
  /** Names this life of the session: offsets of another one mean nothing here. A new one when its client signs in. */
  incarnation: string;
  /**
   * The incarnation before the last one, whose offsets mean the same: its tokens are good, but something may be missing since. Set where
   * the process before this one ended without a drain.
   */
  formerIncarnation: string | undefined;
  readonly window: SessionWindow;
  connection: SessionConnection | undefined;
  /** Its client is about to connect: what comes meanwhile may be confirmed. */
  isConnecting = false;
  /** The address that its client was last seen at, as limits count it. Undefined: not since the process started. */
  address: string | undefined;
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
  /** Requests that its client has not answered, by their ids, oldest first: a reply may name its activity alone. */
  readonly #asked = new Map<string, OpenQuestion>();
  /** Those of them after which a message came that may have been the answer. */
  readonly #guessed = new Set<string>();
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

  /** Whether its client is here to confirm what it gets. */
  get isConfirming(): boolean {
    return this.isAcking && (this.connection !== undefined || this.isConnecting);
  }

  /** Whose it is, where what sessions keep is shared: its user's, else that of the address it came from. */
  get owner(): string {
    if (this.#user) return `user ${this.#user.id}`;
    return this.address === undefined ? `session ${this.id}` : `address ${this.address}`;
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
    if (returnPath) remember(this.#paths, id, returnPath);
    if (!awaited?.isOpen) return;
    // No more than there is credit for: what the bus waits for no longer goes first.
    for (const [each, { isOpen }] of this.#unkept) if (!isOpen) this.#unkept.delete(each);
    this.#unkept.set(offset, awaited);
  }

  /** The client is given a request, to be answered before `dueMs` of the core's clock. */
  asked(messageId: string, path: ReplyPath, dueMs: number): void {
    remember(this.#asked, messageId, { path, dueMs });
    for (const id of this.#guessed) if (!this.#asked.has(id)) this.#guessed.delete(id);
  }

  /** A request of this id needs no answer any more. */
  answered(messageId: string): void {
    this.#asked.delete(messageId);
    this.#guessed.delete(messageId);
  }

  /**
   * The request that a message without `responseTo` is taken to answer: the oldest of its activity that has no answer, else the
   * latest after which such a message came already, as that may not have been a reply. Nobody waits for the answer to one whose
   * deadline has passed.
   */
  answerIn(activityId: string, nowMs: number): { readonly id: string; readonly path: ReplyPath } | undefined {
    let found: { readonly id: string; readonly path: ReplyPath } | undefined;
    for (const [id, { path, dueMs }] of this.#asked) {
      if (path.activityId !== activityId) continue;
      if (dueMs <= nowMs) {
        this.answered(id);
        continue;
      }
      found = { id, path };
      if (!this.#guessed.has(id)) break;
    }
    if (found) this.#guessed.add(found.id);
    return found;
  }

  /** Where a reply to a message goes. Undefined: nobody waits for one, or it was too long ago. */
  replyPathOf(messageId: string): ReplyPath | undefined {
    return this.window.find(({ id }) => id === messageId)?.returnPath ?? this.#paths.get(messageId);
  }

  /** Whether it was given a message, as far as it is remembered: of those that its client has confirmed, requests alone. */
  wasGiven(messageId: string): boolean {
    return this.#paths.has(messageId) || this.window.find(({ id }) => id === messageId) !== undefined;
  }

  /** Confirms what is no longer kept, up to an offset. */
  confirmUnkept(until: number): void {
    for (const [offset, awaited] of this.#unkept) {
      if (offset > until) return;
      this.#unkept.delete(offset);
      awaited.confirm();
    }
  }

  /** Its client is gone, and so are these messages: they have failed, unless another client has them. */
  leaveUnkept(): void {
    for (const awaited of this.#unkept.values()) awaited.leave(this, false);
    this.#unkept.clear();
  }

  /** Whether it wants messages of this name. */
  wants(name: string): boolean {
    return this.names === undefined || this.names.has(name);
  }
}

function remember<Remembered>(byId: Map<string, Remembered>, messageId: string, remembered: Remembered): void {
  byId.delete(messageId);
  byId.set(messageId, remembered);
  const [oldest] = byId.keys();
  if (byId.size > maxPaths && oldest !== undefined) byId.delete(oldest);
}
