import type { Receive, Route, RouteTable, Translation } from "@exosphere/broker/embedded";

/** What one role may send and receive, in its own names: as in a service.yml, or in the variable SERVICE_DATA. */
export interface TestRoute {
  readonly sends?: readonly string[];
  /** Names, or with `deadlineMs`, `concurrency` and `order`. */
  readonly receives?: readonly (string | Receive)[];
  readonly translations?: readonly Translation[];
}

/** A complete route. Throws a TypeError if it is none. */
export function routeOf(role: string, { sends = [], receives = [], translations = [], ...rest }: TestRoute): Route {
  const mistakes = Object.keys(rest).map((key) => `there is no '${key}'; there are sends, receives, translations`);
  if (!isListOf(sends, isName)) mistakes.push("sends must be a list of names");
  if (!isListOf(receives, (each) => isName(each) || isName((each as Receive | null)?.name)))
    mistakes.push("receives must be a list of names, or of objects with a name");
  if (mistakes.length > 0) throw new TypeError(`The route of role '${role}' is wrong: ${mistakes.join("; ")}.`);
  return {
    sends,
    receives: receives.map((each) => (typeof each === "string" ? { name: each } : each)),
    translations,
  };
}

/** The names outside of what a role sends and receives. */
export function publicNames({ sends, receives, translations }: Route): {
  readonly sends: readonly string[];
  readonly receives: readonly string[];
} {
  const outside = new Map(translations.map((each) => [each.internal, each.public]));
  const publicName = (name: string) => outside.get(name) ?? name;
  return { sends: sends.map(publicName), receives: receives.map(({ name }) => publicName(name)) };
}

/**
 * The routes of an application of which only some services are known, and everybody else is played by the test: those may
 * send whatever the services receive, and receive whatever they send. A message that some of them answer goes to those alone,
 * so that a request that is to fail is not saved by others who merely listen.
 */
export function mirroredRoutes(
  services: RouteTable,
  played: ReadonlyMap<string, { readonly answered: ReadonlySet<string> }>,
): RouteTable {
  const outside = [...services.values()].map(publicNames);
  const sends = [...new Set(outside.flatMap(({ receives }) => receives))];
  const said = [...new Set(outside.flatMap((each) => each.sends))];
  const isAnswered = (name: string) => [...played.values()].some(({ answered }) => answered.has(name));
  const roles = [...played].map(([role, { answered }]) => {
    const receives = said.filter((name) => answered.has(name) || !isAnswered(name)).map((name) => ({ name }));
    return [role, { sends, receives, translations: [] }] as const;
  });
  return new Map<string, Route>([...services, ...roles]);
}

function isListOf(list: unknown, isOne: (each: unknown) => boolean): boolean {
  return Array.isArray(list) && list.every(isOne);
}

function isName(name: unknown): name is string {
  return typeof name === "string" && name !== "";
}
