import type { User } from "./user.ts";

/** Names of messages, or every name of the gateway's role. */
export type Names = readonly string[] | "all";

/** What some clients may send and receive. */
export interface Right {
  readonly sends: Names;
  readonly receives: Names;
}

/** Which clients may do what: `gateway.clients` of application.yml. What is not listed is not allowed. */
export interface ClientRules {
  /** Everybody. */
  readonly anonymous: Right;
  /** Users, beside that. */
  readonly users: Right;
  /** Users with a scope, beside that. */
  readonly scopes: ReadonlyMap<string, Right>;
}

type Direction = keyof Right;

/** Nobody may do anything. */
export const noRight: Right = { sends: [], receives: [] };

/** Decides what clients may send and receive. */
export class Rights {
  readonly rules: ClientRules;
  readonly #sends: Lists;
  readonly #receives: Lists;

  constructor(rules: ClientRules) {
    this.rules = rules;
    this.#sends = listsOf(rules, "sends");
    this.#receives = listsOf(rules, "receives");
  }

  /** Whether a client may send a message of this name. */
  maySend(name: string, user: User | undefined): boolean {
    return isListed(this.#sends, name, user);
  }

  /** Whether a client may get a message of this name. */
  mayReceive(name: string, user: User | undefined): boolean {
    return isListed(this.#receives, name, user);
  }
}

type List = ReadonlySet<string> | "all";

interface Lists {
  readonly anonymous: List;
  readonly users: List;
  readonly scopes: ReadonlyMap<string, List>;
}

function listsOf({ anonymous, users, scopes }: ClientRules, direction: Direction): Lists {
  return {
    anonymous: listOf(anonymous[direction]),
    users: listOf(users[direction]),
    scopes: new Map([...scopes].map(([scope, right]) => [scope, listOf(right[direction])])),
  };
}

function listOf(names: Names): List {
  return names === "all" ? "all" : new Set(names);
}

function isListed(lists: Lists, name: string, user: User | undefined): boolean {
  if (has(lists.anonymous, name)) return true;
  if (!user) return false;
  if (has(lists.users, name)) return true;
  for (const scope of user.scopes) {
    const list = lists.scopes.get(scope);
    if (list && has(list, name)) return true;
  }
  return false;
}

function has(list: List, name: string): boolean {
  return list === "all" || list.has(name);
}
