import type { Share } from "@exosphere/collections";

/** Bytes of answers that one connection has not read, within the share of its address. */
export class Unread {
  readonly #share: Share<"address">;
  readonly #holders: { readonly address: string };
  #bytes = 0;

  constructor(share: Share<"address">, address: string) {
    this.#share = share;
    this.#holders = { address };
  }

  /** So many bytes wait now. False: they are more than there is room for, and the connection has to end. */
  set(bytes: number): boolean {
    const more = bytes - this.#bytes;
    if (more > 0 && this.#share.take(this.#holders, more) !== undefined) return false;
    if (more < 0) this.#share.release(this.#holders, -more);
    this.#bytes = bytes;
    return true;
  }
}
