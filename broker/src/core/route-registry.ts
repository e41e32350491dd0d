import type { Instance } from "./instance.ts";
import { NameTranslation } from "./name-translation.ts";
import { Permission } from "./permission.ts";
import { Role, type RoleDependencies } from "./role.ts";
import type { Route, RouteTable } from "./route-table.ts";
import { securityRole } from "./security/security-names.ts";
import { Subscription } from "./subscription.ts";

/** What a change of the routes took away. */
export interface RouteChange {
  /** Roles that are gone. */
  readonly removedRoles: readonly Role[];
  /** Roles that stayed, some of whose subscriptions are gone. */
  readonly changedRoles: readonly Role[];
}

/** All roles, with who sends what to whom worked out in advance: a publish finds its subscribers without a look-up by name. */
export class RouteRegistry {
  readonly roles = new Map<string, Role>();
  /** Roles that are gone, for what they counted. They go on where they were if they come back. As many as the files ever named. */
  readonly #former = new Map<string, Role>();
  /** Grows with every change. */
  revision = 0;
  /** The security role, while the routes name one. */
  security: Role | undefined;
  /** Who receives a message, by its public name. */
  #subscribers: ReadonlyMap<string, readonly Subscription<Role>[]> = new Map();
  readonly #dependencies: RoleDependencies;

  constructor(dependencies: RoleDependencies) {
    this.#dependencies = dependencies;
  }

  /** What an instance's role may send under a number, as the routes are now. */
  permissionOf({ role }: Instance<Role>, number: number): Permission<Role> | undefined {
    return this.roles.get(role.name) === role ? role.permissions.get(number) : undefined;
  }

  /** All roles that there have ever been. */
  get everyRole(): readonly Role[] {
    return [...this.roles.values(), ...this.#former.values()];
  }

  /** Who receives a message, by its public name. */
  subscribersOf(publicName: string): readonly Subscription<Role>[] {
    return this.#subscribers.get(publicName) ?? [];
  }

  /** Takes over a table. Roles, numbers and counts that stay the same are kept. */
  replace(table: RouteTable): RouteChange {
    this.revision += 1;
    const removedRoles = [...this.roles.values()].filter((role) => !table.has(role.name));
    for (const role of removedRoles) {
      this.roles.delete(role.name);
      this.#former.set(role.name, role);
    }
    for (const [name, route] of table) this.#takeOver(name, route);
    this.#connect();
    return { removedRoles, changedRoles: [...this.roles.values()] };
  }

  #takeOver(name: string, route: Route): void {
    const translation = new NameTranslation(route.translations);
    let role = this.roles.get(name);
    if (!role) {
      role = this.#former.get(name) ?? new Role(name, route, translation, this.#dependencies);
      this.#former.delete(name);
      this.roles.set(name, role);
    }
    role.route = route;
    role.translation = translation;
    replacePermissions(role, route);
    replaceSubscriptions(role, route);
  }

  #connect(): void {
    this.security = this.roles.get(securityRole);
    const hasSecurity = this.security !== undefined;
    const subscribersOf = new Map<string, Subscription<Role>[]>();
    for (const role of this.roles.values()) {
      for (const subscription of role.subscriptions.values()) {
        const all = subscribersOf.get(subscription.publicName);
        if (all) all.push(subscription);
        else subscribersOf.set(subscription.publicName, [subscription]);
      }
    }
    for (const role of this.roles.values()) {
      for (const permission of role.permissions.values()) {
        permission.subscriptions = subscribersOf.get(permission.publicName) ?? [];
        permission.hasReceivers = hasSecurity || permission.subscriptions.length > 0;
      }
    }
    this.#subscribers = subscribersOf;
  }
}

function replacePermissions(role: Role, route: Route): void {
  role.permissions.clear();
  for (const name of route.sends) {
    const number = role.numberOf(name);
    const published = role.publishedOf(name);
    role.permissions.set(
      number,
      new Permission<Role>({ number, name, publicName: role.translation.toPublic(name), published }),
    );
  }
}

function replaceSubscriptions(role: Role, route: Route): void {
  role.subscriptions.clear();
  role.concurrency.clear();
  for (const receive of route.receives) {
    const number = role.numberOf(receive.name);
    const publicName = role.translation.toPublic(receive.name);
    const subscription = new Subscription<Role>({
      role,
      number,
      name: receive.name,
      publicName,
      deadlineMs: receive.deadlineMs ?? Number.POSITIVE_INFINITY,
      isOrdered: receive.order !== "none",
      delivered: role.deliveredOf(receive.name),
      latency: role.latencyOf(receive.name),
    });
    role.subscriptions.set(publicName, subscription);
    if (receive.concurrency !== undefined) role.concurrency.set(number, receive.concurrency);
  }
}
