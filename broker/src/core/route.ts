import type { Failure } from "./failure.ts";
import type { Instance } from "./instance.ts";
import type { Limits } from "./limits.ts";
import type { Permission } from "./permission.ts";
import type { Placer } from "./place.ts";
import type { Publication } from "./publication.ts";
import { noReceivers, tooManyStreams } from "./refusals.ts";
import type { Replies } from "./replies.ts";
import type { Role } from "./role.ts";
import type { RouteRegistry } from "./route-registry.ts";
import type { Undecided } from "./undecided.ts";

/** What became of a publish: refused, to be decided, or accepted if it is undefined. */
export type Decision = Failure | Undecided | undefined;

/** What stands between senders and receivers while the routes name a security role. */
export interface SecurityGate {
  /** Whether a message is for the bus itself: a verdict, or a request of the security role. */
  isForBus(sender: Instance<Role>, permission: Permission): boolean;
  /** Decides on a message whose form is right: lets it through, holds it, or takes it for the bus itself. */
  pass(sender: Instance<Role>, permission: Permission<Role>, publication: Publication): Decision;
}

/** Dependencies of a router. */
export interface RouterOptions {
  readonly limits: Pick<Limits, "maxReplyStreams">;
  readonly registry: RouteRegistry;
  readonly replies: Replies;
  readonly placer: Placer;
}

/** The second step of a message's way: finds who receives it and who waits for it, and asks the security role, if there is one. */
export class Router {
  /** Set once, by what puts the bus together: the gate uses the router in its turn. */
  gate: SecurityGate | undefined;
  readonly #options: RouterOptions;

  constructor(options: RouterOptions) {
    this.#options = options;
  }

  /** Whether a message is for the bus itself, while there is a security role. */
  isForBus(sender: Instance<Role>, permission: Permission): boolean {
    return this.gate?.isForBus(sender, permission) ?? false;
  }

  /** Routes a message that was checked. */
  route(sender: Instance<Role>, permission: Permission<Role>, publication: Publication): Decision {
    if (this.#options.registry.security && this.gate) return this.gate.pass(sender, permission, publication);
    return this.send(sender, permission, publication);
  }

  /** Sends a message to those who receive it, without asking the security role. */
  send(sender: Instance<Role>, permission: Permission<Role>, publication: Publication): Decision {
    const { replies, placer, limits, registry } = this.#options;
    const { publicName, subscriptions } = permission;
    // Without a request there is nobody for many replies to go to.
    const isMany = publication.many && publication.request !== 0;
    if (isMany && replies.streams.isFullFor(sender.role)) return tooManyStreams(limits.maxReplyStreams);
    const unwanted = publication.more ? replies.refusalOf(publication, permission) : undefined;
    if (unwanted) return unwanted;
    const waiter = replies.waiterOf(publication, permission);
    if (subscriptions.length === 0 && !waiter) return noReceivers(publicName);
    return placer.place({ sender, permission, publication, waiter, isSecurity: sender.role === registry.security });
  }
}
