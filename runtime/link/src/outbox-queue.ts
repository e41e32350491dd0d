/** What a queue must know of what it holds. */
interface Weighed {
  readonly bytes: number;
}

/** What is on its way to one destination and not confirmed: what waits for it, oldest first, and how much of the outbox it takes up. */
export class OutboxQueue<Entry extends Weighed> {
  /** Entries that no attachment carries, in their order. */
  waiting: Set<Entry> = new Set<Entry>();
  /** Messages that wait or are carried. */
  messages = 0;
  /** Their bytes. */
  bytes = 0;

  /** Counts an entry in, or out with -1. */
  count({ bytes }: Entry, change: 1 | -1): void {
    this.messages += change;
    this.bytes += change * bytes;
  }

  /** Puts entries before all others. */
  putFirst(entries: readonly Entry[]): void {
    if (entries.length > 0) this.waiting = new Set([...entries, ...this.waiting]);
  }

  /** Takes those out that wait and that `isWanted` names. Before anybody is told, as they may send again at once. */
  takeOut(isWanted: (entry: Entry) => boolean): Entry[] {
    const taken = [...this.waiting].filter(isWanted);
    for (const entry of taken) this.waiting.delete(entry);
    return taken;
  }
}
