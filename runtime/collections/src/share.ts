/** Who holds something shared: one key for each kind of holder, such as its address, its user and its session. */
export type Holders<Kind extends string> = { readonly [K in Kind]?: string | undefined };

/** Bounds of a shared resource. */
export interface ShareOptions<Kind extends string> {
  /** Units that all holders together may have: messages, bytes, connections. */
  readonly total: number;
  /** Units that one holder of each kind may have. */
  readonly parts: Readonly<Record<Kind, number>>;
}

/**
 * Something that many clients, roles or users hold together, with a total and a part for each, so that one of them cannot
 * take all of it. A key is remembered only while its holder has something: there are never more keys than units are held.
 */
export class Share<Kind extends string> {
  readonly #total: number;
  readonly #kinds: readonly Kind[];
  readonly #parts: Readonly<Record<Kind, number>>;
  readonly #held: Readonly<Record<Kind, Map<string, number>>>;
  readonly #refused: Map<Kind | "total", number>;
  #used = 0;

  constructor({ total, parts }: ShareOptions<Kind>) {
    this.#total = total;
    this.#parts = parts;
    this.#kinds = Object.keys(parts) as Kind[];
    this.#held = Object.fromEntries(this.#kinds.map((kind) => [kind, new Map()])) as Record<Kind, Map<string, number>>;
    this.#refused = new Map([...this.#kinds, "total" as const].map((kind) => [kind, 0]));
  }

  /** Units that all holders together have. */
  get used(): number {
    return this.#used;
  }

  /** Refusals since the start, by the kind of part that was used up, or `total`: for metrics. */
  get refused(): ReadonlyMap<Kind | "total", number> {
    return this.#refused;
  }

  /** Units that one holder has. */
  usedBy(kind: Kind, key: string): number {
    return this.#held[kind].get(key) ?? 0;
  }

  /** The bound of a part, or of the total: for error texts. */
  limitOf(kind: Kind | "total"): number {
    return kind === "total" ? this.#total : this.#parts[kind];
  }

  /** The part, or total, that is used up for these holders; undefined if they may have the units. Takes and counts nothing. */
  lacks(holders: Holders<Kind>, units = 1): Kind | "total" | undefined {
    for (const kind of this.#kinds) {
      const key = holders[kind];
      if (key !== undefined && (this.#held[kind].get(key) ?? 0) + units > this.#parts[kind]) return kind;
    }
    return this.#used + units > this.#total ? "total" : undefined;
  }

  /** Takes units for all of these holders, or for none. Returns what is used up, and counts the refusal. */
  take(holders: Holders<Kind>, units = 1): Kind | "total" | undefined {
    const lacking = this.lacks(holders, units);
    if (lacking === undefined) this.#add(holders, units);
    else this.#refused.set(lacking, (this.#refused.get(lacking) ?? 0) + 1);
    return lacking;
  }

  /** Gives units back that were taken for the same holders. */
  release(holders: Holders<Kind>, units = 1): void {
    this.#add(holders, -units);
  }

  #add(holders: Holders<Kind>, units: number): void {
    this.#used += units;
    for (const kind of this.#kinds) {
      const key = holders[kind];
      if (key === undefined) continue;
      const held = this.#held[kind];
      const after = (held.get(key) ?? 0) + units;
      if (after > 0) held.set(key, after);
      else held.delete(key);
    }
  }
}
