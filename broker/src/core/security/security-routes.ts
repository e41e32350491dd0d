import { NameTranslation } from "../name-translation.ts";
import type { Receive, Route, RouteTable } from "../route-table.ts";
import { fromBus, fromSecurity, securityRole } from "./security-names.ts";

const reserved = new Set([...fromBus, ...fromSecurity]);

/**
 * The routes with what a security role means for them, if they name one: it receives and sends what it needs for its work,
 * whatever its own lists say, and nobody else sends any of that.
 */
export function withSecurity(table: RouteTable): RouteTable {
  if (!table.has(securityRole)) return table;
  return new Map([...table].map(([role, route]) => [role, role === securityRole ? complete(route) : ordinary(route)]));
}

function complete(route: Route): Route {
  const translation = new NameTranslation(route.translations);
  const receives = new Map<string, Receive>(route.receives.map((receive) => [receive.name, receive]));
  for (const name of fromBus.map((each) => translation.toInternal(each))) {
    // In no order: a handler that asks must get the answer, in whichever activity it asks.
    receives.set(name, { ...receives.get(name), name, order: "none" });
  }
  const sends = new Set([...route.sends, ...fromSecurity.map((each) => translation.toInternal(each))]);
  return { ...route, sends: [...sends], receives: [...receives.values()] };
}

function ordinary(route: Route): Route {
  const translation = new NameTranslation(route.translations);
  return { ...route, sends: route.sends.filter((name) => !reserved.has(translation.toPublic(name))) };
}
