import type { Desk } from "../core/desk.ts";
import type { User } from "../core/user.ts";
import type { SocketReading } from "./socket-reading.ts";

/** Frames that wait while a token is checked. More are a client that does not wait for its welcome. */
const maxQueuedFrames = 100;

/** What checking the tokens of a socket needs. */
export interface TokenCheckOptions {
  readonly desk: Pick<Desk, "verify">;
  readonly address: string;
  readonly reading: SocketReading;
  /** Deals with a frame that waited. */
  readonly take: (bytes: Buffer) => void;
  /** Too many frames wait. */
  readonly exceeded: () => void;
  readonly isEnded: () => boolean;
}

/** Checks the tokens of a socket. Frames that come meanwhile are dealt with after it, in their order. */
export class TokenCheck {
  readonly #options: TokenCheckOptions;
  /** Frames that came while a token was checked. */
  #queued: Buffer[] | undefined;

  constructor(options: TokenCheckOptions) {
    this.#options = options;
  }

  /** Whether a frame has to wait, which it then does here. */
  holdsBack(bytes: Buffer): boolean {
    if (!this.#queued) return false;
    if (this.#queued.length < maxQueuedFrames) this.#queued.push(bytes);
    else this.#options.exceeded();
    return true;
  }

  /** Checks a token, and goes on with its user or with why it is refused. */
  start(token: string, use: (user: User) => void, failed: (error: unknown) => void): void {
    const { desk, address, reading } = this.#options;
    this.#queued = [];
    // Nor is more read than has come already: keys may be fetched for it, and who asks is not known yet.
    reading.pause();
    desk.verify(token, address).then(
      (user) => this.#goOn(() => use(user)),
      (error: unknown) => this.#goOn(() => failed(error)),
    );
  }

  #goOn(run: () => void): void {
    this.#options.reading.resume();
    const queued = this.#queued ?? [];
    this.#queued = undefined;
    if (this.#options.isEnded()) return;
    run();
    for (const [index, bytes] of queued.entries()) {
      this.#options.take(bytes);
      // Another token is checked now.
      const nowQueued = this.#queued as Buffer[] | undefined;
      if (nowQueued) {
        for (const later of queued.slice(index + 1)) nowQueued.push(later);
        return;
      }
    }
  }
}
