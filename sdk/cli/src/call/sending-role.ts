import type { Route } from "@exosphere/application";
import { didYouMean } from "@exosphere/settings";
import { CommandFailure } from "../failure.ts";

/** What each role sends, and what that is called on the bus. */
export type SendingRoutes = ReadonlyMap<string, Pick<Route, "sends" | "translations">>;

/**
 * The role that sends a message: the one that is asked for, else the only one of these that may.
 *
 * @throws CommandFailure that says which roles could
 */
export function sendingRole(
  name: string,
  asked: string | undefined,
  running: readonly string[],
  routes: SendingRoutes,
): string {
  if (asked !== undefined) {
    if (running.includes(asked)) return asked;
    throw new CommandFailure(
      `no sidecar of role '${asked}' runs${didYouMean(asked, running)}; there are: ${running.join(", ") || "none"}`,
    );
  }
  const able = running.filter((role) => routes.get(role)?.sends.includes(name));
  const [only] = able;
  if (only !== undefined && able.length === 1) return only;
  if (able.length > 1) throw new CommandFailure(`'${name}' is sent by ${able.join(", ")}: say by --role which of them`);
  throw new CommandFailure(`no role that runs sends '${name}'${elsewhere(name, running, routes)}`);
}

/** Where the name is known otherwise: under another name, by a role that does not run, or misspelt. */
function elsewhere(name: string, running: readonly string[], routes: SendingRoutes): string {
  for (const role of running) {
    const route = routes.get(role);
    const own = route?.translations.find((each) => each.public === name && route.sends.includes(each.internal));
    if (own !== undefined) return `; ${role} does under its own name for it, '${own.internal}'`;
  }
  for (const [role, { sends }] of routes) if (sends.includes(name)) return `; '${role}' does, but has no sidecar here`;
  const all = running.flatMap((role) => routes.get(role)?.sends ?? []);
  return `${didYouMean(name, all)}; add it to 'sends' in the service.yml of the role that should`;
}
