import { type Document, isAlias, LineCounter, type Node, parseDocument } from "yaml";
import type { Mistakes, Place } from "./mistakes.ts";

/**
 * Aliases followed per file. Hand-written files use a handful; each of a "billion laughs" file multiplies what a
 * kilobyte means.
 */
const maxAliases = 100;

/** A parsed YAML text (JSON is a part of YAML), with the place of everything in it. */
export class YamlSource {
  /** As it is named in messages. */
  readonly file: string;
  readonly mistakes: Mistakes;
  readonly #lines: LineCounter;
  readonly #document: Document;
  #aliases = 0;

  private constructor(file: string, mistakes: Mistakes, lines: LineCounter, document: Document) {
    this.file = file;
    this.mistakes = mistakes;
    this.#lines = lines;
    this.#document = document;
  }

  /** Parses a text. What is wrong with its syntax goes to `mistakes`, and then there is no source. */
  static parse(text: string, file: string, mistakes: Mistakes): YamlSource | undefined {
    const lines = new LineCounter();
    // Duplicate keys are found by the reader: the parser's own check compares each key with each other one.
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
    const source = new YamlSource(file, mistakes, lines, document);
    const problems = [...document.errors, ...document.warnings];
    const tooDeep = problems.find(({ code }) => code === "RESOURCE_EXHAUSTION");
    if (tooDeep !== undefined) {
      mistakes.refuse(source.#placeAt(tooDeep.pos[0]), "is nested too deeply; nothing here needs more than ten levels");
      return undefined;
    }
    for (const { pos, message } of problems) {
      mistakes.refuse(source.#placeAt(pos[0]), `is not valid YAML: ${message}; mend the syntax`);
    }
    return problems.length > 0 ? undefined : source;
  }

  /** The outermost node; null if the text is empty. */
  get root(): Node | null {
    return this.#document.contents;
  }

  /** Where a node begins. */
  placeOf(node: Node | null): Place {
    return this.#placeAt(node?.range?.[0] ?? 0);
  }

  /** What an alias stands for, or the node itself; a text says what is wrong with the alias. */
  resolve(node: Node | null): Node | null | string {
    if (!isAlias(node)) return node;
    this.#aliases += 1;
    if (this.#aliases > maxAliases) return `is one alias too many: a file may use ${maxAliases}; write it out`;
    return node.resolve(this.#document) ?? `'*${node.source}' has no anchor before it; add '&${node.source}'`;
  }

  /** A node as plain data. Throws on what has none, as an alias that contains itself. */
  toPlain(node: Node): unknown {
    return node.toJS(this.#document, { maxAliasCount: maxAliases });
  }

  #placeAt(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset);
    return { file: this.file, line: Math.max(line, 1), column: Math.max(col, 1) };
  }
}
