/** What is used of the Web Locks API: https://w3c.github.io/web-locks/. */
interface LockManagerLike {
  request(
    name: string,
    options: { readonly signal?: AbortSignal },
    run: (lock: unknown) => Promise<void> | undefined,
  ): Promise<unknown>;
}

/** How long a page that is being reloaded may take to let go of its session, in milliseconds. */
const reloadMs = 300;

/**
 * Tells a copied session from one that is taken up again: browsers copy `sessionStorage` into a duplicated tab, while the first tab
 * goes on with the session. Each page holds a lock named after its session. Where there are no Web Locks (pages without TLS), the
 * gateway tells the older page that another one took its session over.
 */
export class SessionLock {
  readonly #locks: LockManagerLike | undefined;
  #name: string | undefined;
  #release: () => void = () => {};

  /** `locks`: default, those of the platform. */
  constructor(locks: LockManagerLike | undefined = platformLocks()) {
    this.#locks = locks;
  }

  /** Resolves with whether no other page has the session of this token. The session is then this page's until `release`. */
  async take(token: string): Promise<boolean> {
    // The rest of a token changes with a sign-in.
    const name = `exosphere session ${token.split(".", 1)[0]}`;
    if (!this.#locks || this.#name === name) return true;
    this.release();
    this.#name = name;
    const held = new Promise<void>((resolve) => {
      this.#release = resolve;
    });
    const { request } = this.#locks;
    return new Promise((resolve) => {
      const taken = () => {
        resolve(true);
        return held;
      };
      request.call(this.#locks, name, { signal: AbortSignal.timeout(reloadMs) }, taken).catch(() => {
        if (this.#name === name) this.#name = undefined;
        resolve(false);
      });
    });
  }

  /** Lets other pages have the session. */
  release(): void {
    this.#name = undefined;
    this.#release();
  }
}

function platformLocks(): LockManagerLike | undefined {
  return (globalThis as { navigator?: { locks?: LockManagerLike } }).navigator?.locks;
}
