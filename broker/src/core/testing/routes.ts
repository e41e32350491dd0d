import type { Receive, Route, RouteTable, Translation } from "../route-table.ts";

/** Routes as a test writes them down. */
export type RouteSketch = Readonly<
  Record<
    string,
    {
      readonly sends?: readonly string[];
      readonly receives?: readonly (string | Receive)[];
      readonly translations?: readonly Translation[];
    }
  >
>;

/** A complete table from a sketch. */
export function routesOf(sketch: RouteSketch): RouteTable {
  const routes = Object.entries(sketch).map(([role, { sends = [], receives = [], translations = [] }]) => {
    const route: Route = {
      sends,
      receives: receives.map((each) => (typeof each === "string" ? { name: each } : each)),
      translations,
    };
    return [role, route] as const;
  });
  return new Map(routes);
}
