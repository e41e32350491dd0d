/** Lets those who work on the same thing go one after the other, and all others at once. */
export class Turns {
  /** The last of each thing: no more than there are operations under way. */
  readonly #last = new Map<string, Promise<unknown>>();

  /** Runs `work` once those before it, on the same thing, have ended. */
  async take<Result>(thing: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#last.get(thing);
    const result = before ? before.then(work, work) : work();
    this.#last.set(thing, result);
    try {
      return await result;
    } finally {
      if (this.#last.get(thing) === result) this.#last.delete(thing);
    }
  }
}
