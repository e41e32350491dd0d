interface Owner<Entry> {
  readonly key: string;
  used: number;
  /** The oldest first. */
  readonly entries: Set<Entry>;
}

interface Owned<Entry> {
  readonly owner: Owner<Entry>;
  weight: number;
}

/**
 * Chooses the entry to evict where entries of many owners share a bound: the oldest entry of the owner that uses most. A flood of one
 * owner thus evicts its own entries alone. "Most" is within a factor of two, since owners are grouped by powers of
 * two: every operation takes the same time, however many there are. Among owners of one group, the one that came into it first
 * loses an entry.
 */
export class FairEviction<Entry> {
  readonly #entries = new Map<Entry, Owned<Entry>>();
  readonly #owners = new Map<string, Owner<Entry>>();
  /** Owners by the power of two of what they use. */
  readonly #groups: Set<Owner<Entry>>[] = [];
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
    const found = this.#owners.get(owner) ?? { key: owner, used: 0, entries: new Set<Entry>() };
    this.#owners.set(owner, found);
    found.entries.add(entry);
    this.#entries.set(entry, { owner: found, weight });
    this.#change(found, weight);
  }

  /** Changes the weight of an entry, which keeps its age. */
  resize(entry: Entry, weight: number): void {
    const owned = this.#entries.get(entry);
    if (!owned) return;
    const before = owned.weight;
    owned.weight = weight;
    this.#change(owned.owner, weight - before);
  }

  /** Takes an entry out, if it is there. */
  delete(entry: Entry): void {
    const owned = this.#entries.get(entry);
    if (!owned) return;
    const { owner, weight } = owned;
    this.#entries.delete(entry);
    owner.entries.delete(entry);
    this.#change(owner, -weight);
    if (owner.entries.size === 0) this.#owners.delete(owner.key);
  }

  /** A snapshot of all entries: they may be changed and deleted while it is iterated. */
  entries(): Entry[] {
    return [...this.#entries.keys()];
  }

  /** The entry that should go next; undefined if there is none. */
  next(): Entry | undefined {
    const [heaviest] = this.#groups.at(-1) ?? [];
    const [oldest] = heaviest?.entries ?? [];
    return oldest;
  }

  #change(owner: Owner<Entry>, units: number): void {
    const before = groupOf(owner.used);
    owner.used += units;
    this.#used += units;
    const after = groupOf(owner.used);
    if (before === after) return;
    if (before >= 0) this.#groups[before]?.delete(owner);
    if (after >= 0) this.#groupAt(after).add(owner);
    while (this.#groups.at(-1)?.size === 0) this.#groups.pop();
  }

  #groupAt(index: number): Set<Owner<Entry>> {
    while (this.#groups.length <= index) this.#groups.push(new Set());
    return this.#groups[index] as Set<Owner<Entry>>;
  }
}

/** -1 for nothing, else the power of two: 0 for 1, 1 for 2 and 3, 2 for 4 to 7. */
function groupOf(used: number): number {
  return used < 1 ? -1 : Math.floor(Math.log2(used));
}
