/** Answered places at the front that are kept before the rest is moved up: moving is one copy, and this makes it rare. */
const slackPlaces = 1024;

/**
 * What is under way, by sequence. Sequences only grow and are answered more or less in their order, so the entries stand in
 * a row: no table is made anew as they come and go by the ten thousand a second, as a Map's is.
 */
export class SentWindow<T> {
  /** Entries that are under way. */
  size = 0;
  /** The lowest sequence that may still be under way: places before it are holes. */
  first = 1;
  /** The sequence that was put in last. */
  last = 0;
  /** From the sequence `#start` on. A hole was answered, or its sequence was skipped. */
  readonly #row: (T | undefined)[] = [];
  #start = 1;

  /** Puts an entry at the end. Its sequence is higher than all before. */
  push(sequence: number, entry: T): void {
    if (this.size === 0) {
      this.#row.length = 0;
      this.#start = sequence;
      this.first = sequence;
    }
    while (this.#start + this.#row.length < sequence) this.#row.push(undefined);
    this.#row.push(entry);
    this.last = sequence;
    this.size += 1;
  }

  /** Takes an entry out, if it is there. */
  take(sequence: number): T | undefined {
    const place = sequence - this.#start;
    const entry = this.#row[place];
    if (entry === undefined) return undefined;
    this.#row[place] = undefined;
    this.size -= 1;
    let head = this.first - this.#start;
    while (head < this.#row.length && this.#row[head] === undefined) head += 1;
    this.first = this.#start + head;
    if (head > slackPlaces && head * 2 > this.#row.length) {
      this.#row.splice(0, head);
      this.#start = this.first;
    }
    return entry;
  }

  /** Takes all entries out, in their order. */
  takeAll(): T[] {
    const all = [...this];
    this.#row.length = 0;
    this.first = this.#start;
    this.size = 0;
    return all;
  }

  /** The entries, in their order. */
  *[Symbol.iterator](): Generator<T> {
    for (let place = this.first - this.#start; place < this.#row.length; place += 1) {
      const entry = this.#row[place];
      if (entry !== undefined) yield entry;
    }
  }
}
