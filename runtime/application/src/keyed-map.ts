import { didYouMean } from "@exosphere/settings";
import type { Key, Keys, MapDeclaration } from "./map-declaration.ts";
import type { YamlValue } from "./yaml-value.ts";

type NameIn<K extends Keys> = keyof K & string;
type ValueOf<K extends Keys, Name extends NameIn<K>> = K[Name] extends Key<infer T> ? T : never;

/** Keys and values as their declaration has them. Every other key is a mistake. */
export class KeyedMap<K extends Keys> {
  readonly #owner: YamlValue;
  readonly #entries: ReadonlyMap<string, YamlValue>;
  readonly #declaration: MapDeclaration<K>;

  private constructor(owner: YamlValue, entries: ReadonlyMap<string, YamlValue>, declaration: MapDeclaration<K>) {
    this.#owner = owner;
    this.#entries = entries;
    this.#declaration = declaration;
    this.#refuseUnknown();
  }

  /** Reads a value as keys and values; undefined, with a mistake unless the value is absent, if it is something else. */
  static of<K extends Keys>(value: YamlValue | undefined, declaration: MapDeclaration<K>): KeyedMap<K> | undefined {
    const entries = value?.entries();
    return value && entries && new KeyedMap(value, entries, declaration);
  }

  /** What the value of a key says; undefined if it is absent or empty, or, with a mistake, something else than declared. */
  read<Name extends NameIn<K>>(name: Name): ValueOf<K, Name> | undefined {
    const { form, need } = this.#declaration.keys[name] as Key<ValueOf<K, Name>>;
    const value = need === undefined ? this.get(name) : this.need(name, need);
    return value && form.read(value);
  }

  /** The value of a key; undefined if it is absent or empty. */
  get(key: NameIn<K>): YamlValue | undefined {
    const value = this.#entries.get(key);
    return value === undefined || value.isEmpty ? undefined : value;
  }

  /** The value of a key that has to be there. */
  need(key: NameIn<K>, advice: string): YamlValue | undefined {
    const value = this.get(key);
    if (value !== undefined) return value;
    const empty = this.#entries.get(key);
    return empty ? empty.refuse(`is empty; ${advice}`) : this.#owner.refuse(`lacks '${key}'; ${advice}`);
  }

  /** Reports the keys that are not declared, but only notes those of earlier versions that mean nothing here. */
  #refuseUnknown(): void {
    const known = Object.keys(this.#declaration.keys);
    for (const [key, value] of this.#entries) {
      if (known.includes(key)) continue;
      if (this.#declaration.ignores(key)) value.ignore();
      else value.refuseKey(`is unknown${suggestionFor(key, known)}; there are: ${known.join(", ")}`);
    }
  }
}

/** The value of a fact that has had several spellings. Given twice, it is a mistake. */
export function oneSpelling(...values: readonly (YamlValue | undefined)[]): YamlValue | undefined {
  const [first, ...others] = values.filter((value) => value !== undefined);
  for (const other of others) other.refuseKey(`says the same as '${first?.path}'; keep one of them`);
  return first;
}

function suggestionFor(key: string, known: readonly string[]): string {
  const longest = Math.max(...known.map((each) => each.length));
  return key.length > 2 * longest ? "" : didYouMean(key, known);
}
