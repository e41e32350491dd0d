import { didYouMean } from "@exosphere/settings";
import type { YamlValue } from "./yaml-value.ts";

/** Keys and values whose keys are known in advance. Every key that nobody asked for by the time of `close` is a mistake. */
export class KeyedMap {
  readonly #owner: YamlValue;
  readonly #entries: ReadonlyMap<string, YamlValue>;
  readonly #asked = new Set<string>();

  private constructor(owner: YamlValue, entries: ReadonlyMap<string, YamlValue>) {
    this.#owner = owner;
    this.#entries = entries;
  }

  /** Reads a value as keys and values; undefined, with a mistake unless the value is absent, if it is something else. */
  static of(value: YamlValue | undefined): KeyedMap | undefined {
    const entries = value?.entries();
    return value && entries && new KeyedMap(value, entries);
  }

  /** The value of a key; undefined if it is absent or empty. */
  get(key: string): YamlValue | undefined {
    this.#asked.add(key);
    const value = this.#entries.get(key);
    return value === undefined || value.isEmpty ? undefined : value;
  }

  /** The value of a key that has to be there. */
  need(key: string, advice: string): YamlValue | undefined {
    const value = this.get(key);
    if (value !== undefined) return value;
    const empty = this.#entries.get(key);
    return empty ? empty.refuse(`is empty; ${advice}`) : this.#owner.refuse(`lacks '${key}'; ${advice}`);
  }

  /** The value of a fact that has had several spellings. Given twice, it is a mistake. */
  getOne(...values: readonly (YamlValue | undefined)[]): YamlValue | undefined {
    const [first, ...others] = values.filter((value) => value !== undefined);
    for (const other of others) other.refuseKey(`says the same as '${first?.path}'; keep one of them`);
    return first;
  }

  /** Reports the keys that nobody asked for, but only notes those of earlier versions that mean nothing here. */
  close(ignored: Pick<ReadonlySet<string>, "has"> = new Set()): void {
    for (const [key, value] of this.#entries) {
      if (this.#asked.has(key)) continue;
      if (ignored.has(key)) value.ignore();
      else value.refuseKey(`is unknown${this.#suggestionFor(key)}; there are: ${[...this.#asked].join(", ")}`);
    }
  }

  #suggestionFor(key: string): string {
    const longest = Math.max(...[...this.#asked].map((known) => known.length));
    return key.length > 2 * longest ? "" : didYouMean(key, [...this.#asked]);
  }
}
