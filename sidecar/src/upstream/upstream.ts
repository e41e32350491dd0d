import { randomUUID } from "node:crypto";
import {
  type Ending,
  type Incoming,
  Link,
  type LinkOptions,
  type LinkStatus,
  logMalformed,
  logStatus,
} from "@exosphere/link";
import { jsonTextMistake } from "@exosphere/message/json";
import type { Log } from "@exosphere/telemetry";
import { gatheringSchedule } from "./gathering-schedule.ts";

/** How a delivery can end. */
export type Outcome = Ending;

/** What the way to the bus needs. */
export interface UpstreamOptions extends Omit<LinkOptions, "instanceId" | "schedule" | "textMistake"> {
  readonly log: Log;
  /** A message for the app. */
  readonly onDelivery: (incoming: Incoming) => void;
  /** A message, by name, that was settled as dead since it must not be given to the app. */
  readonly onMalformed: (name: string) => void;
  /** Whoever sent a message for the app, with this number, takes no more replies. */
  readonly onUnwanted?: (number: number) => void;
  /** What happens to the link, as it happens. */
  readonly onStatus: (status: LinkStatus) => void;
}

/** The sidecar's place on the bus. */
export class Upstream {
  readonly link: Link;
  /** Deliveries that were not settled yet, and what they weigh. */
  readonly unsettled = { messages: 0, bytes: 0 };
  /** Those who wait until every delivery is settled. */
  readonly #onIdle = new Set<() => void>();

  constructor({ log, onDelivery, onStatus, onMalformed, onUnwanted, ...options }: UpstreamOptions) {
    const malformed = logMalformed(log);
    this.link = new Link(
      {
        ...options,
        instanceId: randomUUID(),
        schedule: gatheringSchedule(() => {
          // Of the link's own first frame, which it sends while it is being made, nothing is known yet.
          const { messages, requests } = (this.link as Link | undefined)?.pending ?? { messages: 0, requests: 0 };
          return messages + requests + this.unsettled.messages;
        }),
        textMistake: jsonTextMistake,
      },
      {
        delivery: (incoming) => {
          this.unsettled.messages += 1;
          this.unsettled.bytes += incoming.bytes;
          onDelivery(incoming);
        },
        malformed: (message, mistake) => {
          onMalformed(message.name);
          malformed(message, mistake);
        },
        unwanted: (number) => onUnwanted?.(number),
        status: (status) => {
          logStatus(log, status);
          onStatus(status);
        },
      },
    );
  }

  /** Whether a broker has taken this sidecar in; else why not. */
  get readiness(): true | string {
    return this.link.isAttached ? true : this.link.lastError.detail;
  }

  /** Whether a name is one of the role's own, as far as a broker has told. */
  isKnown(name: string): boolean {
    const { names } = this.link;
    return names !== undefined && (names.numberOf(name) !== 0 || names.isReceived(name));
  }

  /** Resolves once every delivery is settled, or `deadline` fires. */
  async idle(deadline: AbortSignal): Promise<void> {
    if (this.unsettled.messages === 0 || deadline.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const late = () => resolve();
    this.#onIdle.add(resolve);
    deadline.addEventListener("abort", late, { once: true });
    await promise;
    this.#onIdle.delete(resolve);
    deadline.removeEventListener("abort", late);
  }

  /** Tells the broker how a delivery ended. */
  settle(incoming: Incoming, outcome: Outcome, detail = "", retryAfterMs = 0, words = ""): void {
    this.unsettled.messages -= 1;
    this.unsettled.bytes -= incoming.bytes;
    if (this.unsettled.messages === 0) for (const resolve of this.#onIdle) resolve();
    if (outcome === "done") this.link.done(incoming);
    else this.link.settle(incoming, { outcome, detail, retryAfterMs, words });
  }
}
