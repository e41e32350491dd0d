import { NumberMap } from "@exosphere/collections";
import type { Incoming } from "@exosphere/link";

/** The deliveries that one stream of the app has not settled, by their numbers there. */
export class Unsettled {
  readonly #open = new NumberMap<Incoming>();
  #last = 0;

  get size(): number {
    return this.#open.size;
  }

  /** The number of the next message for the app, replies included: modulo 2^32, without 0. */
  nextNumber(): number {
    this.#last = this.#last === 0xffff_ffff ? 1 : this.#last + 1;
    return this.#last;
  }

  add(number: number, incoming: Incoming): void {
    this.#open.set(number, incoming);
  }

  get(number: number): Incoming | undefined {
    return number === 0 ? undefined : this.#open.get(number);
  }

  /** The number here of what the link to the bus has under a number, or 0. Asked for when a requester gives up. */
  numberOf(incoming: number): number {
    for (const number of this.#open.keys()) if (this.#open.get(number)?.number === incoming) return number;
    return 0;
  }

  /** One is settled. */
  take(number: number): Incoming | undefined {
    const taken = this.#open.get(number);
    if (taken) this.#open.delete(number);
    return taken;
  }

  /** The stream is gone: all of them, in their order. Those from `firstUnwritten` on never left. */
  takeAll(firstUnwritten: number | undefined): { readonly incoming: Incoming; readonly wasWritten: boolean }[] {
    // By their distance, as numbers begin anew after 2^32.
    const age = (number: number) => (this.#last - number) >>> 0;
    const numbers = [...this.#open.keys()].sort((a, b) => age(b) - age(a));
    return numbers.map((number) => ({
      incoming: this.take(number) as Incoming,
      wasWritten: firstUnwritten === undefined || (number - firstUnwritten) >>> 0 >= 0x8000_0000,
    }));
  }
}
