import type { BusView, EdgeView } from "../../src/core/bus-view.ts";

/** What of the bus a search finds. */
export interface Found {
  readonly roles: ReadonlySet<string>;
  readonly edges: ReadonlySet<EdgeView>;
}

/** Roles and messages with a text in their names, in any case; undefined: nothing is searched for. A role brings its messages along. */
export function findIn({ roles, edges }: BusView, text: string | undefined): Found | undefined {
  const wanted = text?.trim().toLowerCase() ?? "";
  if (wanted === "") return undefined;
  const has = (name: string) => name.toLowerCase().includes(wanted);
  return {
    roles: new Set(roles.map(({ role }) => role).filter(has)),
    edges: new Set(edges.filter(({ name, from, to }) => has(name) || has(from) || has(to))),
  };
}

/** The part of the bus that was found: the messages, and the roles at their ends. */
export function onlyFound(bus: BusView, { roles, edges }: Found): BusView {
  const ends = new Set([...roles, ...[...edges].flatMap(({ from, to }) => [from, to])]);
  return {
    ...bus,
    roles: bus.roles.filter(({ role }) => ends.has(role)),
    edges: bus.edges.filter((edge) => edges.has(edge)),
  };
}
