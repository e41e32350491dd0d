/** Answers to questions in the order of the questions, in whatever order they are known. */
export class OrderedAnswers {
  readonly #tell: (text: string) => void;
  /** From the oldest question that is open, behind `#first` places that are done with. */
  #texts: (string | undefined)[] = [];
  #first = 0;
  /** Number of the question at the first place. */
  #base = 0;

  /** `tell` is given the answers, several in one go where one was all that the others waited for. */
  constructor(tell: (text: string) => void) {
    this.#tell = tell;
  }

  /** Questions that have no answer yet, or are behind such a one. */
  get open(): number {
    return this.#texts.length - this.#first;
  }

  /** A question was asked. Returns the number by which it is answered. */
  ask(): number {
    this.#texts.push(undefined);
    return this.#base + this.#texts.length - 1;
  }

  /** The answer to a question is known. */
  answer(question: number, text: string): void {
    this.#texts[question - this.#base] = text;
    let told = "";
    for (let next = this.#texts[this.#first]; next !== undefined; next = this.#texts[this.#first]) {
      told += next;
      this.#first += 1;
    }
    if (told === "") return;
    if (this.#first === this.#texts.length || this.#first >= 1024) this.#compact();
    this.#tell(told);
  }

  #compact(): void {
    this.#base += this.#first;
    this.#texts = this.#texts.slice(this.#first);
    this.#first = 0;
  }
}
