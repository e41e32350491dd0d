import type { ClientRules, Names, Right } from "../rights.ts";

/** A JSON Schema (2020-12), or any other part of a description. */
export type Json = Readonly<Record<string, unknown>>;

/** What the descriptions are made from. */
export interface InterfaceFacts {
  /** Of the application. */
  readonly title: string;
  readonly version: string;
  /** Where clients find the gateway: "http://127.0.0.1:4300". */
  readonly url: string;
  /** What the gateway's role may send and receive. */
  readonly sends: readonly string[];
  readonly receives: readonly string[];
  readonly rules: ClientRules;
  /** The schema of a message's payload, where a service says what it is. */
  readonly payloadOf: (name: string) => Json | undefined;
}

/** Who may use a message: everybody, any user, or users with one of some scopes. */
export interface Audience {
  readonly isAnonymous: boolean;
  readonly isUsers: boolean;
  readonly scopes: readonly string[];
}

/** A message that some clients may use. */
export interface DescribedMessage {
  readonly name: string;
  readonly audience: Audience;
  /** Schema of its payload. */
  readonly payload: Json;
}

/** The messages that clients may send or receive, sorted by name. */
export function describedMessages(facts: InterfaceFacts, direction: keyof Right): DescribedMessage[] {
  return [...facts[direction]]
    .sort()
    .map((name) => ({ name, audience: audienceOf(name, facts.rules, direction), payload: facts.payloadOf(name) ?? {} }))
    .filter(({ audience: { isAnonymous, isUsers, scopes } }) => isAnonymous || isUsers || scopes.length > 0);
}

/** Who may use a message, for people. */
export function describeAudience({ isAnonymous, isUsers, scopes }: Audience): string {
  if (isAnonymous) return "For everybody.";
  return isUsers ? "For users with a token." : `For users whose token has the scope ${scopes.join(" or ")}.`;
}

/** Identifiers made of names, each different: "users_create". */
export function identifiers(names: readonly string[]): Map<string, string> {
  const taken = new Set<string>();
  return new Map(
    names.map((name) => {
      const base = name.replaceAll(/[^A-Za-z0-9]+/g, "_").replaceAll(/^_|_$/g, "") || "message";
      let identifier = base;
      for (let count = 2; taken.has(identifier); count += 1) identifier = `${base}_${count}`;
      taken.add(identifier);
      return [name, identifier] as const;
    }),
  );
}

function audienceOf(name: string, { anonymous, users, scopes }: ClientRules, direction: keyof Right): Audience {
  return {
    isAnonymous: isListed(anonymous[direction], name),
    isUsers: isListed(users[direction], name),
    scopes: [...scopes].filter(([, right]) => isListed(right[direction], name)).map(([scope]) => scope),
  };
}

function isListed(names: Names, name: string): boolean {
  return names === "all" || names.includes(name);
}
