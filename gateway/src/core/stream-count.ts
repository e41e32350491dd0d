import type { Share } from "@exosphere/collections";
import { Denied } from "./denied.ts";

/** Counts open WebSockets and event streams by address and user. A session has one at most: a newer one takes it over. */
export class StreamCount {
  readonly #streams: Share<"address">;
  readonly #users: Share<"user">;

  constructor(streams: Share<"address">, users: Share<"user">) {
    this.#streams = streams;
    this.#users = users;
  }

  /** Counts a connection of an address. Returns what is called when it ends. Throws a Denied if there are too many. */
  open(address: string): () => void {
    return take(this.#streams, { address });
  }

  /** Counts a connection of a user. Returns what is called when it ends. Throws a Denied if there are too many. */
  signedIn(user: string): () => void {
    return take(this.#users, { user });
  }
}

function take<Kind extends string>(share: Share<Kind>, holders: { readonly [K in Kind]: string }): () => void {
  const lacking = share.take(holders);
  if (lacking !== undefined) throw tooMany(lacking, share.limitOf(lacking));
  let isOpen = true;
  return () => {
    if (isOpen) share.release(holders);
    isOpen = false;
  };
}

function tooMany(scope: string, limit: number): Denied {
  const what =
    scope === "total"
      ? `${limit} connections are open, as many as there may be`
      : `This ${scope} has ${limit} connections, as many as it may have`;
  return new Denied("RATE_LIMITED", `${what}. Close one, or come back later.`, {
    facts: { scope, limit },
    retryAfterMs: 5_000,
  });
}
