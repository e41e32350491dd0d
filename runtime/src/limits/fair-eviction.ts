interface Owner<Entry> {
  used: number;
  /** The oldest first. */
  readonly entries: Set<Entry>;
}

interface Owned {
  readonly owner: string;
  readonly weight: number;
}

/**
 * Chooses what has to go where entries of many owners share a bound: the oldest entry of whoever uses most. A flood of one
 * owner so evicts its own entries, and nobody else's. "Most" is within a factor of two, since owners are grouped by powers of
 * two: every operation takes the same time, however many there are. Among owners of one group, the one that came into it first
 * loses an entry.
 */
export class FairEviction<Entry> {
  readonly #entries = new Map<Entry, Owned>();
  readonly #owners = new Map<string, Owner<Entry>>();
  /** Owners by the power of two of what they use. */
  readonly #groups: Set<string>[] = [];
  #used = 0;

  /** Units that all entries have. */
  get used(): number {
    return this.#used;
  }

  /** Entries that could be chosen. */
  get size(): number {
    return this.#entries.size;
  }

  /** Units that the entries of an owner have. */
  usedBy(owner: string): number {
    return this.#owners.get(owner)?.used ?? 0;
  }

  /** Adds an entry of an owner as its newest, or makes it its newest. `weight` in units above 0, such as bytes. */
  set(entry: Entry, owner: string, weight = 1): void {
    this.delete(entry);
    this.#entries.set(entry, { owner, weight });
    this.#change(owner, weight, (entries) => entries.add(entry));
  }

  /** Takes an entry out, if it is there. */
  delete(entry: Entry): void {
    const owned = this.#entries.get(entry);
    if (!owned) return;
    this.#entries.delete(entry);
    this.#change(owned.owner, -owned.weight, (entries) => entries.delete(entry));
  }

  /** The entry that should go next; undefined if there is none. */
  next(): Entry | undefined {
    const [heaviest] = this.#groups.at(-1) ?? [];
    const [oldest] = (heaviest === undefined ? undefined : this.#owners.get(heaviest)?.entries) ?? [];
    return oldest;
  }

  #change(key: string, units: number, edit: (entries: Set<Entry>) => void): void {
    const owner = this.#owners.get(key) ?? { used: 0, entries: new Set<Entry>() };
    const before = groupOf(owner.used);
    owner.used += units;
    this.#used += units;
    edit(owner.entries);
    if (owner.entries.size === 0) this.#owners.delete(key);
    else this.#owners.set(key, owner);
    const after = owner.entries.size === 0 ? -1 : groupOf(owner.used);
    if (before === after) return;
    this.#groups[before]?.delete(key);
    if (after >= 0) this.#groupAt(after).add(key);
    while (this.#groups.at(-1)?.size === 0) this.#groups.pop();
  }

  #groupAt(index: number): Set<string> {
    while (this.#groups.length <= index) this.#groups.push(new Set());
    return this.#groups[index] as Set<string>;
  }
}

/** -1 for nothing, else the power of two: 0 for 1, 1 for 2 and 3, 2 for 4 to 7. */
function groupOf(used: number): number {
  return used < 1 ? -1 : Math.floor(Math.log2(used));
}
