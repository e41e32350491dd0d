import type { ClientConfig } from "./client-options.ts";
import type { Welcome } from "./frames.ts";

/** Where a client stands: its session, up to where it has messages, and up to where it has dealt with them. */
export class Session {
  readonly #storage: ClientConfig["storage"];
  readonly #key: string;
  /** Offsets that are dealt with, though not all before them are. */
  readonly #ahead = new Set<number>();
  #token: string | undefined;
  #offset = 0;
  #dealtWith = 0;
  /** Counts beginnings: sessions, and gaps in one. */
  #era = 0;

  constructor({ storage, storageKey }: Pick<ClientConfig, "storage" | "storageKey">) {
    this.#storage = storage;
    this.#key = storageKey;
    this.#load();
  }

  /** The session's token; undefined: there is none. */
  get token(): string | undefined {
    return this.#token;
  }

  /** Begins anew: the next connection gets another session. */
  forget(): void {
    this.#token = undefined;
    this.#offset = 0;
    this.#dealtWith = 0;
    this.#era += 1;
    this.#ahead.clear();
    this.#save();
  }

  /** The members of a `connect` frame by which the session is taken up again. */
  get position(): { readonly session?: string; readonly offset?: number } {
    return this.#token === undefined ? {} : { session: this.#token, offset: this.#offset };
  }

  /** Everything up to here is dealt with. */
  get dealtWith(): number {
    return this.#dealtWith;
  }

  /** The gateway has taken the session up, or begun another. */
  welcome({ session, offset, recovered }: Welcome): void {
    this.#token = session;
    if (!recovered) this.#era += 1;
    // Recovered: what follows begins after the offset that was said, and what was received is still being dealt with. Unless
    // more was confirmed than this client knows of, as after a reload where the storage was full.
    if (!recovered || offset > this.#offset) {
      this.#offset = offset;
      this.#dealtWith = offset;
      this.#ahead.clear();
    }
    this.#save();
  }

  /** A sign-in has made a new token of the same session. */
  renamed(token: string): void {
    this.#token = token;
    this.#save();
  }

  /** A message has come. Undefined: it was here already. Else what is to be called once its handlers are through. */
  receive(offset: number): (() => void) | undefined {
    if (offset <= this.#offset) return undefined;
    this.#offset = offset;
    const era = this.#era;
    // Offsets of a session that is no more say nothing of the present one.
    return () => era === this.#era && this.#finish(offset);
  }

  #finish(offset: number): void {
    if (offset <= this.#dealtWith) return;
    this.#ahead.add(offset);
    while (this.#ahead.delete(this.#dealtWith + 1)) this.#dealtWith += 1;
    this.#save();
  }

  #load(): void {
    try {
      const { session, offset } = JSON.parse(this.#storage?.getItem(this.#key) ?? "{}");
      if (typeof session !== "string" || !Number.isSafeInteger(offset)) return;
      this.#token = session;
      this.#offset = offset;
      this.#dealtWith = offset;
    } catch {
      // Somebody else's text under this key, or no access to the storage: a new session.
    }
  }

  /** What a page that goes away amid a handler had not dealt with, the next one gets again. */
  #save(): void {
    try {
      this.#storage?.setItem(this.#key, JSON.stringify({ session: this.#token, offset: this.#dealtWith }));
    } catch {
      // Full, or forbidden: the session lives in memory alone then.
    }
  }
}
