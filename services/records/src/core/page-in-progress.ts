import type { ListQuery } from "./store.ts";

/** Takes the records of a page one by one, as they are read, until there is no room for another: no more than a page is held. */
export class PageInProgress<Item> {
  readonly #entries: Item[] = [];
  readonly #limits: Pick<ListQuery, "limit" | "maxBytes">;
  #bytes = 0;
  #hasMore = false;

  constructor(limits: Pick<ListQuery, "limit" | "maxBytes">) {
    this.#limits = limits;
  }

  /** Takes a record of so many bytes as JSON. False: it is one of those that follow. */
  take(entry: Item, bytes: number): boolean {
    const { limit, maxBytes } = this.#limits;
    this.#bytes += bytes;
    this.#hasMore = this.#entries.length === limit || (this.#bytes > maxBytes && this.#entries.length > 0);
    if (!this.#hasMore) this.#entries.push(entry);
    return !this.#hasMore;
  }

  /** What was taken. */
  get taken(): { readonly entries: readonly Item[]; readonly hasMore: boolean } {
    return { entries: this.#entries, hasMore: this.#hasMore };
  }
}
