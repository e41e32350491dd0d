interface Role {
  readonly sends: readonly string[];
  readonly receives: readonly string[];
}

/** One role asks another. */
export const requestRoutes: Readonly<Record<string, Role>> = {
  requester: { sends: ["ping"], receives: ["pong"] },
  replier: { sends: ["pong"], receives: ["ping"] },
};

/** One role tells so many others. */
export function tellingRoutes(receivers: number): Record<string, Role> {
  const routes: Record<string, Role> = { sender: { sends: ["told"], receives: [] } };
  for (let each = 1; each <= receivers; each += 1) routes[`receiver${each}`] = { sends: [], receives: ["told"] };
  return routes;
}

/** A large application around one request and its reply: 1,000 roles with 10,000 routes, ten of each role's. */
export function manyRoutes(roles = 1000, routesOfRole = 10): Record<string, Role> {
  const half = routesOfRole / 2;
  const routes: Record<string, Role> = { ...requestRoutes };
  for (let role = Object.keys(routes).length; role < roles; role += 1) {
    const name = (of: number, number: number) => `role-${of % roles}.message-${number}`;
    routes[`role-${role}`] = {
      sends: Array.from({ length: half }, (_, number) => name(role, number)),
      receives: Array.from({ length: half }, (_, number) => name(role + number + 1, number)),
    };
  }
  return routes;
}
