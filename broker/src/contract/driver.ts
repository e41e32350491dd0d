import type { Outcome } from "@exosphere/proto/outcomes";
import type { Limits } from "../core/limits.ts";
import type { RouteSketch } from "../core/testing/routes.ts";

/** A message as a participant of a test sends it. */
export interface Sent {
  /** Default: an activity of its own. */
  readonly activity?: string;
  readonly payload?: string | Uint8Array;
  /** The sender waits for a reply, and calls its request so. */
  readonly request?: number;
  /** The delivery whose handler sends it. */
  readonly cause?: Received;
  /** The delivery that it replies to; its activity is the default then. */
  readonly replyTo?: Pick<Received, "activity" | "requester" | "replyRequest">;
  /** The return path is only a guess. */
  readonly isReplyGuessed?: boolean;
  readonly deadlineMs?: number;
  /** With `request`: any number of replies are taken. */
  readonly many?: boolean;
  /** A reply that is not the last. */
  readonly more?: boolean;
}

/** A delivery as a participant gets it. */
export interface Received {
  readonly number: number;
  /** The receiver's own name for the message. */
  readonly name: string;
  readonly activity: string;
  readonly payload: string;
  readonly bytes: Uint8Array;
  readonly attempt: number;
  readonly deadlineMs: number;
  /** Who waits for a reply, as the participant's protocol names it. */
  readonly requester: number;
  readonly replyRequest: number;
  /** Handlers that wait for what follows from it; not of version 2 of the protocol. */
  readonly awaiting: readonly number[];
  /** Not 0: it answers this own request. */
  readonly answers: number;
  /** In milliseconds since 1970. */
  readonly timestampMs: number;
  readonly responseTimeNs: number;
  readonly isSecurity: boolean;
  /** Its sender takes any number of replies. */
  readonly isMany: boolean;
  /** It answers an own request, and more may follow. */
  readonly isMore: boolean;
}

/** That a request cannot be answered. */
export interface Undelivered {
  readonly request: number;
  readonly reason: string;
  readonly detail: string;
  /** What was concerned. */
  readonly facts: Readonly<Record<string, string>>;
  /** Not empty: a reply in this activity ended it. */
  readonly activityId: Uint8Array;
}

/** What a participant may send, with whether anyone receives it, and what it receives. */
export interface Names {
  readonly sends: Readonly<Record<string, boolean>>;
  readonly receives: readonly string[];
}

/** How a delivery can end otherwise than done. */
export type Ending = Exclude<Outcome, "done" | "working">;

/** One instance that takes part in the bus under test. */
export interface Participant {
  /** Sends a message. "ok", or the reason for which it was refused. */
  publish(name: string, message?: Sent): Promise<string>;
  /** The next delivery. Fails if there is none. */
  next(): Promise<Received>;
  /** All deliveries that have come and were not taken by `next` or `received` before. */
  received(): Promise<readonly Received[]>;
  done(delivery: Pick<Received, "number">): Promise<void>;
  settle(delivery: Pick<Received, "number">, ending: Ending, retryAfterMs?: number): Promise<void>;
  setWindow(window: number): Promise<void>;
  /** Says whether its app keeps failing, and how many deliveries it takes all the same. */
  setFailing(isFailing: boolean, probes?: number): Promise<void>;
  /** The caller of a request no longer waits. */
  abandon(request: number): Promise<void>;
  /** Every request that the bus has given up so far. */
  undelivered(): Promise<readonly Undelivered[]>;
  /** Every request with many replies that the bus has said to have had its last. */
  answeredRequests(): Promise<readonly number[]>;
  /** Every delivery of which the bus has said that its sender takes no more replies. */
  unwantedDeliveries(): Promise<readonly number[]>;
  /** What the bus told of the routes last. */
  names(): Promise<Names>;
  /** Reads nothing from now on. */
  stall(): Promise<void>;
  /** Leaves in order: waits until the bus has let go of it. */
  leave(): Promise<void>;
  /** Loses its connection. Resolves when the bus has noticed. */
  break(): Promise<void>;
  /** Resolves when the bus has ended the attachment from its side, with the reason. */
  ended(): Promise<string>;
}

/** What a participant attaches with. */
export interface AttachOptions {
  /** How many unsettled deliveries it takes. Default: 10. */
  readonly window?: number;
  /** Names the running copy. Default: a fresh one. */
  readonly id?: string;
}

/** How a delivery ended, and how often. */
export type Counts = Readonly<Record<string, number>>;

/** A broker under test. */
export interface Bus {
  attach(role: string, options?: AttachOptions): Promise<Participant>;
  /** Moves the broker's clock. */
  advance(ms: number): Promise<void>;
  replaceRoutes(routes: RouteSketch): Promise<void>;
  /** Deliveries that wait for a role. */
  waiting(role: string): number;
  /** How the deliveries to a role ended. */
  delivered(role: string): Counts;
  stop(): Promise<void>;
}

/** Starts a broker. */
export type StartBus = (routes: RouteSketch, limits?: Partial<Limits>) => Promise<Bus>;

/** What a part of the suite runs against: a broker that is stopped when the test is over. */
export interface Subject {
  readonly start: StartBus;
  /** How often a random test is repeated. */
  readonly runs: number;
}

/** Everything that a role's queue has for an instance: more than its link takes at once, if it must be. */
export async function receivedByAndBy(bus: Bus, role: string, participant: Participant): Promise<readonly Received[]> {
  const received = [...(await participant.received())];
  while (bus.waiting(role) > 0) received.push(...(await participant.received()));
  return [...received, ...(await participant.received())];
}
