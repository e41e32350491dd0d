import type { Clock } from "./clock.ts";
import type { Failure } from "./failure.ts";
import type { Instance } from "./instance.ts";
import { type Limits, maxAwaiting } from "./limits.ts";
import type { Observer } from "./observer.ts";
import { outcomeOf } from "./outcome.ts";
import type { Permission } from "./permission.ts";
import { checkForm, type Publication } from "./publication.ts";
import { draining, nestedTooDeep, notAllowed, tooFast } from "./refusals.ts";
import type { Replies } from "./replies.ts";
import type { Role } from "./role.ts";
import type { Decision, Router } from "./route.ts";
import type { RouteRegistry } from "./route-registry.ts";
import { Tally } from "./tally.ts";
import { Undecided } from "./undecided.ts";

/** Dependencies of a publisher. */
export interface PublisherOptions {
  readonly clock: Clock;
  readonly limits: Pick<Limits, "maxPayloadBytes" | "maxRoleRate">;
  readonly registry: RouteRegistry;
  readonly router: Router;
  readonly replies: Replies;
  readonly observer: Observer;
}

/** The first step of a message's way: looks at the sender's rights and rate and at the form of the message, and counts what became of it. */
export class Publisher {
  /** Takes replies only. */
  isDraining = false;
  /** Publishes whose name the sender's role does not have. */
  readonly unknown = new Tally();
  readonly #options: PublisherOptions;

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  /** Takes a message in. Returns why it was refused, what decides on it later, or undefined if at least one delivery was taken. */
  publish(sender: Instance<Role>, publication: Publication): Decision {
    const permission = sender.role.permissions.get(publication.name);
    const decision = permission
      ? this.#publish(sender, permission, publication)
      : notAllowed(sender.role.name, publication.name);
    if (decision === undefined) permission?.published.count("ok");
    else if (decision instanceof Undecided) {
      // One that waits for a verdict is counted and told of when it is decided.
      if (decision.isAccepted) permission?.published.count("ok");
    } else {
      (permission?.published ?? this.unknown).count(outcomeOf(decision));
      this.#refused(sender, permission, publication, decision);
    }
    return decision;
  }

  /** Sends it on, unless the sender may not publish now or its form is wrong. */
  #publish(sender: Instance<Role>, permission: Permission<Role>, publication: Publication): Decision {
    const { clock, limits, registry, router } = this.#options;
    // What all others wait for is not held up.
    if (sender.role.rate && sender.role !== registry.security) {
      const waitMs = sender.role.rate.take(clock.nowMs());
      if (waitMs > 0) return tooFast(sender.role.name, limits.maxRoleRate, waitMs);
    }
    if (publication.request !== 0 && publication.awaiting.length > maxAwaiting)
      return nestedTooDeep(permission.publicName);
    if (!registry.security || !router.isForBus(sender, permission)) {
      if (this.isDraining && publication.replyRequest === 0) return draining;
      const malformed = checkForm(publication, limits.maxPayloadBytes);
      if (malformed) return malformed;
    }
    return router.route(sender, permission, publication);
  }

  #refused(
    sender: Instance<Role>,
    permission: Permission<Role> | undefined,
    publication: Publication,
    failure: Failure,
  ): void {
    if (publication.replyRequest !== 0) this.#options.replies.refused(publication, failure);
    this.#options.observer.refuses?.(sender, permission, publication, failure);
  }
}
