import { ExoError, type RouteSlice } from "@exosphere/proto";

/** The names that a role may send and receive, and the numbers that stand for them on the stream. */
export class NameTable {
  /** What the broker told, with its numbers. */
  readonly slice: RouteSlice;
  readonly #role: string;
  readonly #sends: ReadonlyMap<string, RouteSlice["sends"][number]>;
  readonly #receives: ReadonlyMap<number, string>;
  readonly #received: ReadonlySet<string>;

  constructor(role: string, slice: RouteSlice) {
    this.#role = role;
    this.slice = slice;
    this.#sends = new Map(slice.sends.map((send) => [send.name, send]));
    this.#receives = new Map(slice.receives.map(({ number, name }) => [number, name]));
    this.#received = new Set(this.#receives.values());
  }

  /** Why the role may not send a message of this name now, or undefined if it may. */
  refusalOf(name: string): ExoError | undefined {
    const send = this.#sends.get(name);
    if (!send) {
      const detail = `Role '${this.#role}' may not send '${name}'. Add it to the sends of its service.yml.`;
      return new ExoError("NOT_ALLOWED", detail, { facts: { name, role: this.#role } });
    }
    if (send.hasReceivers) return undefined;
    const detail = `No role receives '${name}'. Add it to the receives of a service.yml, or translate its name.`;
    return new ExoError("NO_RECEIVERS", detail, { facts: { name } });
  }

  /** The number that stands for a name that may be sent. 0 if it may not. */
  numberOf(name: string): number {
    return this.#sends.get(name)?.number ?? 0;
  }

  /** The name that a number of a delivery stands for. */
  nameOf(number: number): string | undefined {
    return this.#receives.get(number);
  }

  /** Whether the role receives a message of this name. */
  isReceived(name: string): boolean {
    return this.#received.has(name);
  }
}
