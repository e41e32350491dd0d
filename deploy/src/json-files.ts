import type { ClientRight, ClientRules, Receive, RouteTable } from "@exosphere/application";

/** The file for `exocom serve --routes`: docs/reference/application-yml.md has its form. */
export function routesJson(routes: RouteTable): string {
  const roles = [...routes].map(([role, { sends, receives, translations }]) => [
    role,
    { receives: receives.map(receiveOf), sends, translations },
  ]);
  return `${JSON.stringify(Object.fromEntries(roles), null, 2)}\n`;
}

/** The file for `exo-gateway --rules`. */
export function rulesJson(role: string, { anonymous, users, scopes }: ClientRules): string {
  const clients = { anonymous: rightOf(anonymous), users: rightOf(users), scopes: objectOf(scopes) };
  return `${JSON.stringify({ role, clients }, null, 2)}\n`;
}

function receiveOf({ name, deadlineMs, concurrency, order }: Receive): unknown {
  const settings = {
    ...(deadlineMs !== undefined && { deadline: `${deadlineMs}ms` }),
    ...(concurrency !== undefined && { concurrency }),
    ...(order !== undefined && { order }),
  };
  return Object.keys(settings).length === 0 ? name : { name, ...settings };
}

function objectOf(scopes: ClientRules["scopes"]): Readonly<Record<string, ClientRight>> {
  return Object.fromEntries([...scopes].map(([scope, right]) => [scope, rightOf(right)]));
}

function rightOf({ sends, receives }: ClientRight): ClientRight {
  return { sends, receives };
}
