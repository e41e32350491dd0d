/** Web pages that may call the gateway: an allow list of origins, as browsers write them. */
export class Origins {
  readonly #allowed: ReadonlySet<string>;
  readonly #allowsAll: boolean;

  /** `*` among them stands for all. */
  constructor(origins: readonly string[]) {
    this.#allowed = new Set(origins.map((origin) => origin.toLowerCase().replace(/\/$/, "")));
    this.#allowsAll = this.#allowed.has("*");
  }

  /** Whether a page of this origin may call. */
  allows(origin: string): boolean {
    return this.#allowsAll || this.#allowed.has(origin.toLowerCase());
  }
}
