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
    const document = parse(text, lines);
    if (document === undefined) {
      mistakes.refuse({ file }, "is nested too deeply; nothing here needs more than ten levels");
      return undefined;
    }
    const source = new YamlSource(file, mistakes, lines, document);
    const problems = [...document.errors, ...document.warnings];
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

  /** What an alias stands for, or the node itself. An alias that leads nowhere, or one too many, is a mistake. */
  resolve(node: Node | null): Node | null {
    if (!isAlias(node)) return node;
    this.#aliases += 1;
    if (this.#aliases === maxAliases + 1) {
      this.mistakes.refuse(this.placeOf(node), `is alias number ${this.#aliases} of this file; write it out`);
    }
    if (this.#aliases > maxAliases) return null;
    const target = node.resolve(this.#document);
    if (target === undefined) {
      this.mistakes.refuse(
        this.placeOf(node),
        `alias '*${node.source}' has no anchor before it; add '&${node.source}'`,
      );
    }
    return target ?? null;
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

/** Undefined: nested so deeply that the recursive parser ran out of stack. */
function parse(text: string, lineCounter: LineCounter): Document | undefined {
  try {
    // Duplicate keys are found by the reader: the parser's own check compares each key with each other one.
    return parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys: false });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
