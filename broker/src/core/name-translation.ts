import type { Translation } from "./route-table.ts";

/** Translates the names of one role, by exact match. A name without a translation is the same inside and outside. */
export class NameTranslation {
  readonly #toPublic: ReadonlyMap<string, string>;
  readonly #toInternal: ReadonlyMap<string, string>;

  constructor(translations: readonly Translation[]) {
    this.#toPublic = new Map(translations.map((each) => [each.internal, each.public]));
    this.#toInternal = new Map(translations.map((each) => [each.public, each.internal]));
  }

  /** The application's name for what the role calls `internal`. */
  toPublic(internal: string): string {
    return this.#toPublic.get(internal) ?? internal;
  }

  /** The role's name for what the application calls `name`. */
  toInternal(name: string): string {
    return this.#toInternal.get(name) ?? name;
  }
}
