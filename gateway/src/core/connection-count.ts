import { Denied } from "./denied.ts";

/** How many connections there may be. */
export interface ConnectionLimits {
  readonly total: number;
  readonly address: number;
  readonly user: number;
}

/** Counts open connections by address and user. A session has one at the most: a newer one takes it over. */
export class ConnectionCount {
  readonly #limits: ConnectionLimits;
  readonly #byKey = new Map<string, number>();
  #total = 0;

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
  }

  /** Counts a connection of an address. Returns what is called when it ends. Throws a Denied if there are too many. */
  open(address: string): () => void {
    if (this.#total >= this.#limits.total)
      throw tooMany(`${this.#total} connections are open, as many as there may be`);
    const close = this.#add(`address ${address}`, this.#limits.address);
    this.#total += 1;
    return () => {
      close();
      this.#total -= 1;
    };
  }

  /** Counts a connection of a user. Returns what is called when it ends. Throws a Denied if there are too many. */
  signedIn(user: string): () => void {
    return this.#add(`user ${user}`, this.#limits.user);
  }

  #add(key: string, limit: number): () => void {
    const count = this.#byKey.get(key) ?? 0;
    if (count >= limit) {
      const scope = key.slice(0, key.indexOf(" "));
      throw tooMany(`This ${scope} has ${count} connections, as many as it may have`, { scope, limit });
    }
    this.#byKey.set(key, count + 1);
    let isOpen = true;
    return () => {
      if (!isOpen) return;
      isOpen = false;
      const left = (this.#byKey.get(key) ?? 1) - 1;
      if (left === 0) this.#byKey.delete(key);
      else this.#byKey.set(key, left);
    };
  }
}

function tooMany(what: string, facts: Readonly<Record<string, string | number>> = {}): Denied {
  return new Denied("RATE_LIMITED", `${what}. Close one, or come back later.`, { facts, retryAfterMs: 5_000 });
}
