import type { RouteSlice } from "@exosphere/proto";

/**
 * The numbers by which one stream of the app names messages. They keep their meaning for the life of that stream, while
 * the sidecar's own may change with every broker that it attaches to.
 */
export class SessionNames {
  readonly #sends = new Numbers();
  readonly #receives = new Numbers();

  /** The broker's slice, in the numbers of this stream. */
  translated({ revision, sends, receives }: RouteSlice): RouteSlice {
    return {
      revision,
      sends: sends.map((send) => ({ ...send, number: this.#sends.of(send.name) })),
      receives: receives.map((receive) => ({ ...receive, number: this.#receives.of(receive.name) })),
    };
  }

  /** What the app means by the number of a publish. */
  sent(number: number): string | undefined {
    return this.#sends.name(number);
  }

  /** The number of a name on a delivery. */
  received(name: string): number {
    return this.#receives.of(name);
  }
}

/** Names and the numbers given to them, 1 and up. As many as there were in the routes. */
class Numbers {
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = [];

  of(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    this.#numbers.set(name, this.#names.push(name));
    return this.#names.length;
  }

  name(number: number): string | undefined {
    return this.#names[number - 1];
  }
}
