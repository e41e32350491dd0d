import { randomUUID } from "node:crypto";
import { Link, type Incoming as LinkIncoming, type LinkOptions, logMalformed, logStatus } from "@exosphere/link";
import { jsonTextMistake } from "@exosphere/message/json";
import type { Log } from "@exosphere/telemetry";
import type { Incoming, Outcome } from "../core/bus.ts";

/** What the way to the bus needs. */
export interface UpstreamOptions extends Omit<LinkOptions, "instanceId" | "textMistake"> {
  readonly log: Log;
  /** A message for clients. */
  readonly onDelivery: (incoming: Incoming) => void;
  /** A message was settled as dead as it must not be given to any client. */
  readonly onMalformed: () => void;
  /** What the role may send and receive has changed, or become known. */
  readonly onRoutes: () => void;
}

/** The names that the gateway's role may send and receive. */
export interface RoleNames {
  readonly sends: readonly string[];
  readonly receives: readonly string[];
}

/** The gateway's place on the bus. */
export class Upstream {
  readonly link: Link;

  constructor({ log, onDelivery, onMalformed, onRoutes, ...options }: UpstreamOptions) {
    const malformed = logMalformed(log);
    this.link = new Link(
      { ...options, instanceId: randomUUID(), textMistake: jsonTextMistake },
      {
        delivery: onDelivery,
        malformed: (message, mistake) => {
          onMalformed();
          malformed(message, mistake);
        },
        status: (status) => {
          logStatus(log, status);
          if (status.kind === "routes" || status.kind === "attached") onRoutes();
        },
      },
    );
  }

  /** Whether a broker has taken this gateway in; else why not. */
  get readiness(): true | string {
    return this.link.isAttached ? true : this.link.lastError.detail;
  }

  /** The role's names, as far as a broker has told. */
  get names(): RoleNames | undefined {
    const slice = this.link.names?.slice;
    return slice && { sends: slice.sends.map(({ name }) => name), receives: slice.receives.map(({ name }) => name) };
  }

  /** Tells the broker how a delivery ended. */
  settle(incoming: Incoming, outcome: Outcome, detail = ""): void {
    // What comes from the link goes back to it.
    const delivery = incoming as LinkIncoming;
    if (outcome === "done") this.link.done(delivery);
    else this.link.settle(delivery, { outcome, detail, retryAfterMs: 0 });
  }
}
