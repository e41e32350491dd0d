import type { TapRequest } from "@exosphere/proto";

/** Which events a tap is to have, as its request says. */
export class TapFilter {
  /** Whether there is anything to look at. */
  readonly isOpen: boolean;
  /** Of events that are about no message, the role alone counts: with names or an activity given, they are left out. */
  readonly takesInstances: boolean;
  readonly #roles: ReadonlySet<string>;
  readonly #names: ReadonlySet<string>;
  readonly #prefixes: readonly string[];
  readonly #activity: string;

  constructor({ roles, names, activity }: Pick<TapRequest, "roles" | "names" | "activity">) {
    this.#roles = new Set(roles);
    this.#names = new Set(names.filter((name) => !name.endsWith("*")));
    this.#prefixes = names.filter((name) => name.endsWith("*")).map((name) => name.slice(0, -1));
    // As the core writes it: a byte a character.
    this.#activity = Buffer.from(activity, "utf8").toString("latin1");
    this.takesInstances = names.length === 0 && activity === "";
    this.isOpen = roles.length === 0 && this.takesInstances;
  }

  /** Whether a role is among those that are wanted. */
  role(role: string | undefined): boolean {
    return this.#roles.size === 0 || (role !== undefined && this.#roles.has(role));
  }

  /** Whether a message is, by any of its names. */
  names(name: string, publicName: string): boolean {
    if (this.#names.size === 0 && this.#prefixes.length === 0) return true;
    if (this.#names.has(name) || this.#names.has(publicName)) return true;
    return this.#prefixes.some((prefix) => name.startsWith(prefix) || publicName.startsWith(prefix));
  }

  /** Whether an activity is, as the core writes it: a byte a character. */
  activity(activity: string): boolean {
    return this.#activity === "" || this.#activity === activity;
  }
}
