import type { Route, RouteTable } from "@exosphere/application";

/**
 * Whether everything that a role receives may be a reply to what it sends: each such message comes from roles alone that receive
 * something of it. The routes say no more than that.
 */
export function getsOnlyReplies(role: string, routes: RouteTable): boolean {
  const own = routes.get(role);
  if (own === undefined) return false;
  const sent = new Set(own.sends.map((name) => publicName(name, own)));
  const answers = (other: Route) => other.receives.some(({ name }) => sent.has(publicName(name, other)));
  return own.receives.every(({ name }) => {
    const wanted = publicName(name, own);
    const senders = [...routes.values()].filter((each) => each.sends.some((sent) => publicName(sent, each) === wanted));
    return senders.every(answers);
  });
}

/** What the bus calls a message of a role. */
export function publicName(name: string, route: Route | undefined): string {
  return route?.translations.find(({ internal }) => internal === name)?.public ?? name;
}
