/** Answered places at the front that are kept before the rest is moved up: moving is one copy, and this makes it rare. */
const slackPlaces = 1024;

/**
 * What is under way, by sequence. Sequences only grow and are answered more or less in their order, so the entries stand in
 * a row: no table is made anew as they come and go by the ten thousand a second, as a Map's is.
 */
export class SentWindow<T> {
  /** From the sequence `#first` on. A hole was answered, or its sequence was skipped. */
  readonly #row: (T | undefined)[] = [];
  #first = 1;
  /** Places before this one are holes. */
  #head = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The lowest sequence that may still be under way. */
  get first(): number {
    return this.#first + this.#head;
  }

  /** Puts an entry at the end. Its sequence is higher than all before. */
  push(sequence: number, entry: T): void {
    if (this.#size === 0) {
      this.#row.length = 0;
      this.#head = 0;
      this.#first = sequence;
    }
    while (this.#first + this.#row.length < sequence) this.#row.push(undefined);
    this.#row.push(entry);
    this.#size += 1;
  }

  /** Takes an entry out, if it is there. */
  take(sequence: number): T | undefined {
    const place = sequence - this.#first;
    const entry = this.#row[place];
    if (entry === undefined) return undefined;
    this.#row[place] = undefined;
    this.#size -= 1;
    while (this.#head < this.#row.length && this.#row[this.#head] === undefined) this.#head += 1;
    if (this.#head > slackPlaces && this.#head * 2 > this.#row.length) {
      this.#row.splice(0, this.#head);
      this.#first += this.#head;
      this.#head = 0;
    }
    return entry;
  }

  /** Takes all entries out, in their order. */
  takeAll(): T[] {
    const all = [...this];
    this.#row.length = 0;
    this.#head = 0;
    this.#size = 0;
    return all;
  }

  /** The entries, in their order. */
  *[Symbol.iterator](): Generator<T> {
    for (let place = this.#head; place < this.#row.length; place += 1) {
      const entry = this.#row[place];
      if (entry !== undefined) yield entry;
    }
  }
}
