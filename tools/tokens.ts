/** A word, a sign, or a string of TypeScript. Comments, regular expressions and the text of templates are none. */
export interface Token {
  readonly kind: "word" | "sign" | "string";
  /** A string's text without its quotes, escapes left as they are. */
  readonly text: string;
  /** Counts from 1. */
  readonly line: number;
}

/**
 * What a `/` follows when it begins a regular expression; after anything else it divides. That is not always right (a
 * statement may begin with one after a `}`), but nobody writes that.
 */
const beforeRegExp = /^(?:[^\w$)\]}]|case|do|else|in|of|return|throw|typeof|void|await|yield)$/;

const shapes =
  /\s+|^#![^\n]*|\/\/[^\n]*|\/\*.*?\*\/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[\p{L}\p{N}_$#@]+|\?\.|=>|./suy;
const regExp = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
const templateText = /(?:[^`\\$]|\\.|\$(?!\{))*/sy;

/** Splits TypeScript into what carries meaning. TypeScript 7 has no stable API for that; imports need no more than this. */
export function tokensOf(source: string): readonly Token[] {
  return new Scanner(source).scan();
}

class Scanner {
  readonly #source: string;
  readonly #tokens: Token[] = [];
  /** For each `${` that is open: how many braces are open inside it. */
  readonly #templates: number[] = [];
  #at = 0;
  #line = 1;

  constructor(source: string) {
    this.#source = source;
  }

  scan(): readonly Token[] {
    while (this.#at < this.#source.length) this.#step();
    return this.#tokens;
  }

  #step(): void {
    if (this.#source[this.#at] === "/" && this.#isRegExp() && this.#take(regExp) !== "") {
      this.#add("sign", "/re/");
      return;
    }
    const text = this.#take(shapes);
    if (/^(?:\s|\/\/|\/\*|#!)/.test(text)) return;
    if (text === "`") this.#template();
    else if (/^["']./.test(text)) this.#add("string", text.slice(1, -1));
    else if (/^[\p{L}\p{N}_$#@]/u.test(text)) this.#add("word", text);
    else this.#sign(text);
  }

  #sign(text: string): void {
    const depth = this.#templates.at(-1);
    if (depth !== undefined && text === "{") this.#templates[this.#templates.length - 1] = depth + 1;
    if (depth !== undefined && text === "}") {
      if (depth === 0) {
        this.#templates.pop();
        this.#template();
        return;
      }
      this.#templates[this.#templates.length - 1] = depth - 1;
    }
    this.#add("sign", text);
  }

  /** From the first quote, or from the end of a `${}`, to the next `${` or the last quote. */
  #template(): void {
    this.#take(templateText);
    if (this.#source[this.#at] === "$") {
      this.#at += 2;
      this.#templates.push(0);
      this.#add("sign", "${");
    } else {
      this.#at += 1;
      this.#add("sign", "`");
    }
  }

  #isRegExp(): boolean {
    const next = this.#source[this.#at + 1];
    if (next === "/" || next === "*") return false;
    const before = this.#tokens.at(-1);
    return before === undefined || (before.kind !== "string" && before.text !== "`" && beforeRegExp.test(before.text));
  }

  #take(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const text = pattern.exec(this.#source)?.[0] ?? "";
    this.#at += text.length;
    this.#line += text.split("\n").length - 1;
    return text;
  }

  #add(kind: Token["kind"], text: string): void {
    this.#tokens.push({ kind, text, line: this.#line });
  }
}
