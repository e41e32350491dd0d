import { type Holders, Share } from "@exosphere/collections";

/** Parts of the whole for one holder of each kind, as fractions. */
export type Fractions<Kind extends string> = Readonly<Record<Kind, number>>;

/** How much of the gateway's credit may be held. */
export interface CreditShareOptions<Kind extends string> {
  readonly maxMessages: number;
  readonly maxBytes: number;
  /** Bytes of the largest message: each part has room for one. */
  readonly leastBytes: number;
  readonly fractions: Fractions<Kind>;
}

/** Deliveries that the gateway holds for a while, in messages and bytes: the broker bounds both for each of its instances. */
export class CreditShare<Kind extends string> {
  readonly #messages: Share<Kind>;
  readonly #bytes: Share<Kind>;

  constructor({ maxMessages, maxBytes, leastBytes, fractions }: CreditShareOptions<Kind>) {
    this.#messages = shareOf(maxMessages, 1, fractions);
    this.#bytes = shareOf(maxBytes, leastBytes, fractions);
  }

  /** Refusals by the kind of part that was used up, in messages or bytes. */
  get refused(): ReadonlyMap<Kind | "total", number> {
    const sums = new Map(this.#messages.refused);
    for (const [kind, count] of this.#bytes.refused) sums.set(kind, (sums.get(kind) ?? 0) + count);
    return sums;
  }

  /** Takes a message of `bytes` bytes. False, and counted, if a part or the whole is used up. */
  take(holders: Holders<Kind>, bytes: number): boolean {
    if (this.#messages.take(holders) !== undefined) return false;
    if (this.#bytes.take(holders, bytes) === undefined) return true;
    this.#messages.release(holders);
    return false;
  }

  /** Gives back what was taken for the same holders. */
  release(holders: Holders<Kind>, bytes: number): void {
    this.#messages.release(holders);
    this.#bytes.release(holders, bytes);
  }
}

function shareOf<Kind extends string>(total: number, least: number, fractions: Fractions<Kind>): Share<Kind> {
  const whole = Math.max(Math.floor(total), least);
  const parts = Object.entries<number>(fractions).map(([kind, fraction]) => [
    kind,
    Math.max(Math.floor(whole * fraction), least),
  ]);
  return new Share({ total: whole, parts: Object.fromEntries(parts) as Record<Kind, number> });
}
