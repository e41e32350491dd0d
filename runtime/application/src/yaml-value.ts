import { didYouMean } from "@exosphere/settings";
import { isMap, isScalar, isSeq, type Node, type Scalar } from "yaml";
import type { Place } from "./mistakes.ts";
import type { YamlSource } from "./yaml-source.ts";

/**
 * A value in a YAML file, read by saying what it should be. What it is not goes to the source's mistakes with file,
 * line and key, and the reader gets undefined (or nothing to iterate) and goes on, so that every mistake is found.
 */
export class YamlValue {
  /** The keys that lead to it: `services.web.location`, `receives[2]`. Empty for a whole file. */
  readonly path: string;
  readonly #source: YamlSource;
  readonly #key: Node | null;
  readonly #written: Node | null;
  readonly #node: Node | null;

  private constructor(source: YamlSource, path: string, key: Node | null, written: Node | null) {
    this.#source = source;
    this.path = path;
    this.#key = key;
    this.#written = written;
    const node = source.resolve(written);
    this.#node = typeof node === "string" ? null : node;
    if (typeof node === "string") this.refuse(node);
  }

  /** The whole of a file. */
  static root(source: YamlSource): YamlValue {
    return new YamlValue(source, "", null, source.root);
  }

  /** Nothing, or an explicit null: both are read as absent. */
  get isEmpty(): boolean {
    return this.#node === null || (isScalar(this.#node) && this.#node.value === null);
  }

  /** Does it consist of keys and values? */
  get isMap(): boolean {
    return isMap(this.#node);
  }

  /** Is it a string? */
  get isText(): boolean {
    return isScalar(this.#node) && typeof this.#node.value === "string";
  }

  /** Adds a mistake at this place. `text` says what is wrong and, after a semicolon, what to do. */
  refuse(text: string): undefined {
    this.#source.mistakes.refuse(this.#place(), this.#describe(text));
    return undefined;
  }

  /** Adds a mistake where the key of this value is, because the key is what is wrong. */
  refuseKey(text: string): void {
    this.#source.mistakes.refuse(this.#source.placeOf(this.#key ?? this.#written), this.#describe(text));
  }

  /** Adds a warning at this place. */
  warn(text: string): void {
    this.#source.mistakes.warn(this.#place(), this.#describe(text));
  }

  /** Leaves this value unread, as a key of earlier versions that means nothing here. */
  ignore(): void {
    this.#source.mistakes.ignore(this.#source.file, this.path);
  }

  /** Keys and values; undefined, with a mistake, if it has none. KeyedMap is the comfortable way to read them. */
  entries(): ReadonlyMap<string, YamlValue> | undefined {
    if (!isMap(this.#node)) return this.#mustBe("a map", "write 'key: value' lines below it");
    const entries = new Map<string, YamlValue>();
    for (const { key, value } of this.#node.items) {
      const name = isScalar(key) ? (key.source ?? String(key.value)) : undefined;
      if (name === undefined) {
        this.refuse("has a key that is not a text; keys are texts");
        continue;
      }
      const path = this.path === "" ? name : `${this.path}.${name}`;
      const entry = new YamlValue(this.#source, path, key as Node, value as Node | null);
      if (entries.has(name)) entry.refuseKey("is there twice; remove one");
      else entries.set(name, entry);
    }
    return entries;
  }

  /** The items of a list. */
  list(): readonly YamlValue[] {
    if (!isSeq(this.#node)) return this.#mustBe("a list", "write '- item' lines below it, or [item, item]") ?? [];
    return this.#node.items.map(
      (item, index) => new YamlValue(this.#source, `${this.path}[${index}]`, null, item as Node | null),
    );
  }

  /** A string that is not empty. */
  text(): string | undefined {
    const scalar = this.#scalar();
    if (typeof scalar?.value !== "string") return this.#mustBe("a text", "put it in quotes if it should be one");
    return scalar.value.trim() === "" ? this.refuse("is empty; write a text or remove the key") : scalar.value;
  }

  /** Any single value, as it is written: `1.10` stays `1.10`. */
  words(): string | undefined {
    const scalar = this.#scalar();
    if (scalar === undefined || scalar.value === null) return this.#mustBe("a single value", "put it in quotes");
    return typeof scalar.value === "string" ? scalar.value : (scalar.source ?? String(scalar.value));
  }

  /** A number, or undefined without a mistake. */
  number(): number | undefined {
    const value = this.#scalar()?.value;
    return typeof value === "number" ? value : undefined;
  }

  /** Yes or no. */
  boolean(): boolean | undefined {
    const value = this.#scalar()?.value;
    return typeof value === "boolean" ? value : this.#mustBe("true or false", "change it");
  }

  /** A whole number within bounds, written as a number or as a text. */
  integer(min: number, max: number): number | undefined {
    const text = this.#scalar()?.value;
    const value = typeof text === "string" && /^\d{1,15}$/.test(text) ? Number(text) : this.number();
    if (value !== undefined && Number.isInteger(value) && value >= min && value <= max) return value;
    return this.#mustBe(`a whole number from ${min} to ${max}`, "change it");
  }

  /** One of a few words. */
  oneOf<Choice extends string>(choices: readonly Choice[]): Choice | undefined {
    const value = this.#scalar()?.value;
    const choice = choices.find((candidate) => candidate === value);
    if (choice !== undefined) return choice;
    return this.#mustBe(`one of ${choices.join(", ")}`, "change it", didYouMean(shorten(String(value)), choices));
  }

  /** Any JSON whatever. */
  plain(): unknown {
    try {
      // Through JSON, because an alias may make a value contain itself.
      return this.#node === null ? null : JSON.parse(JSON.stringify(this.#source.toPlain(this.#node)));
    } catch {
      return this.refuse("cannot be written as JSON; write its aliases out");
    }
  }

  #mustBe(wanted: string, advice: string, suggestion = ""): undefined {
    const isBrokenAlias = this.#node === null && this.#written !== null;
    if (isBrokenAlias) return undefined; // a mistake already
    return this.refuse(`must be ${wanted}, not ${this.#kind()}${suggestion}; ${advice}`);
  }

  #kind(): string {
    if (isMap(this.#node)) return "a map";
    if (isSeq(this.#node)) return "a list";
    const value = this.#scalar()?.value ?? null;
    if (value === null) return "empty";
    return typeof value === "string" ? `'${shorten(value)}'` : `the ${typeof value} ${shorten(String(value))}`;
  }

  /** An empty value has no place of its own, so the key's place stands for it. */
  #place(): Place {
    const [start, end] = this.#written?.range ?? [0, 0];
    return this.#source.placeOf(start === end ? (this.#key ?? this.#written) : this.#written);
  }

  #scalar(): Scalar | undefined {
    return isScalar(this.#node) ? this.#node : undefined;
  }

  #describe(text: string): string {
    return this.path === "" ? text : `key '${this.path}': ${text}`;
  }
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
