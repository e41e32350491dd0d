import type { Dial, Incoming, Link, LinkStatus } from "@exosphere/link";
import {
  type AppIncoming,
  type Ending,
  type Memory,
  MessageCompleter,
  type ReceivedLimits,
  ReceivedMessages,
  type SentObserver,
  Upstream,
} from "@exosphere/sidecar/edges";
import type { Log, Tracing } from "@exosphere/telemetry";

/** How members attach to the bus. */
export interface Membership {
  readonly dial: Dial;
  readonly tokenOf: (role: string) => string | undefined;
  readonly maxPayloadBytes: number;
  /** How much each remembers of what it received. */
  readonly remembered?: ReceivedLimits;
  readonly newId: () => string;
  readonly tracer: Tracing["tracer"];
  /** A request over HTTP was answered in so many seconds, or failed. */
  readonly answered: (name: string, seconds: number) => void;
  /** A message was settled as dead as it must not be given to anybody. */
  readonly malformed: (name: string) => void;
  readonly log: Log;
}

/** Who becomes a member. */
export interface MemberOptions {
  readonly role: string;
  /** What it is, for people who look at the topology. */
  readonly agent: string;
  readonly onDelivery: (incoming: Incoming) => void;
  /** The bus has ended the attachment: the routes no longer have the role, or it does not read. */
  readonly onLost: () => void;
  /** What it may reply to. Default: what it receives itself. */
  readonly memory?: Memory;
  /** A message of its own was accepted, or refused. */
  readonly sent: (name: string, refused: Error | undefined) => void;
}

/** How long a member that leaves may take to have confirmed what it said last, in milliseconds. In memory it takes two ticks. */
const leavingMs = 5_000;

/** One instance on the bus of this process: what a sidecar is to its app, without a process of its own. */
export class Member {
  readonly received: ReceivedMessages;
  readonly completer: MessageCompleter;
  readonly observer: SentObserver;
  readonly #upstream: Upstream;

  constructor({ role, agent, onDelivery, onLost, memory, sent }: MemberOptions, membership: Membership) {
    const { dial, tokenOf, maxPayloadBytes, newId, tracer, answered, malformed, log } = membership;
    this.received = new ReceivedMessages(membership.remembered);
    this.completer = new MessageCompleter(memory ?? this.received, newId);
    this.observer = { sent, answered };
    this.#upstream = new Upstream({
      brokers: ["memory"],
      role,
      token: () => tokenOf(role) ?? "",
      agent,
      maxPayloadBytes,
      dial,
      tracer,
      log: log.child({ role }),
      onDelivery,
      onMalformed: malformed,
      onStatus: ({ kind }: LinkStatus) => {
        if (kind === "detached") onLost();
      },
    });
  }

  /** Deliveries that it has not settled. */
  get inFlight(): { readonly messages: number; readonly bytes: number } {
    return this.#upstream.unsettled;
  }

  get bus(): Link {
    return this.#upstream.link;
  }

  settle(incoming: AppIncoming, ending: Ending, detail?: string, retryAfterMs?: number): void {
    this.#upstream.settle(incoming as Incoming, ending, detail, retryAfterMs);
  }

  /** Leaves once what it said is confirmed. Resolves when it has left. */
  leave(): Promise<void> {
    return this.bus.drain(AbortSignal.timeout(leavingMs));
  }
}
