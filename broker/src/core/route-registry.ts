import { maxDeadlineMs } from "./limits.ts";
import { NameTranslation } from "./name-translation.ts";
import type { Role } from "./role.ts";
import type { Route, RouteTable } from "./route.ts";
import { securityRole } from "./security/security-names.ts";
import { Sending } from "./sending.ts";
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
  /** Who receives a message, by its public name. */
  #subscribers: ReadonlyMap<string, readonly Subscription[]> = new Map();
  readonly #createRole: (name: string, route: Route, translation: NameTranslation) => Role;

  constructor(createRole: (name: string, route: Route, translation: NameTranslation) => Role) {
    this.#createRole = createRole;
  }

  /** All roles that there have ever been. */
  get everyRole(): readonly Role[] {
    return [...this.roles.values(), ...this.#former.values()];
  }

  /** Who receives a message, by its public name. */
  subscribersOf(publicName: string): readonly Subscription[] {
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
      role = this.#former.get(name) ?? this.#createRole(name, route, translation);
      this.#former.delete(name);
      this.roles.set(name, role);
    }
    role.route = route;
    role.translation = translation;
    replaceSendings(role, route);
    replaceSubscriptions(role, route);
  }

  #connect(): void {
    const hasSecurity = this.roles.has(securityRole);
    const subscribersOf = new Map<string, Subscription[]>();
    for (const role of this.roles.values()) {
      for (const subscription of role.subscriptions.values()) {
        const all = subscribersOf.get(subscription.publicName);
        if (all) all.push(subscription);
        else subscribersOf.set(subscription.publicName, [subscription]);
      }
    }
    for (const role of this.roles.values()) {
      for (const sending of role.sendings.values()) {
        sending.subscriptions = subscribersOf.get(sending.publicName) ?? [];
        sending.hasReceivers = hasSecurity || sending.subscriptions.length > 0;
      }
    }
    this.#subscribers = subscribersOf;
  }
}

function replaceSendings(role: Role, route: Route): void {
  role.sendings.clear();
  for (const name of route.sends) {
    const number = role.numberOf(name);
    const published = role.publishedOf(name);
    role.sendings.set(number, new Sending({ number, name, publicName: role.translation.toPublic(name), published }));
  }
}

function replaceSubscriptions(role: Role, route: Route): void {
  role.subscriptions.clear();
  role.concurrency.clear();
  for (const receive of route.receives) {
    const number = role.numberOf(receive.name);
    const publicName = role.translation.toPublic(receive.name);
    const subscription = new Subscription({
      role,
      number,
      name: receive.name,
      publicName,
      deadlineMs: receive.deadlineMs ?? maxDeadlineMs,
      isOrdered: receive.order !== "none",
      delivered: role.deliveredOf(receive.name),
      latency: role.latencyOf(receive.name),
    });
    role.subscriptions.set(publicName, subscription);
    if (receive.concurrency !== undefined) role.concurrency.set(number, receive.concurrency);
  }
}
