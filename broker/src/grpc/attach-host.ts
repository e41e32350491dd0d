import { randomUUID } from "node:crypto";
import {
  anyVersion,
  defaultMaxUnreadBytes,
  FairTurns,
  type FlushSchedule,
  type FrameDuplex,
  Traffic,
  Version2Peers,
} from "@exosphere/frames";
import {
  type AttachRequest,
  type AttachResponse,
  describeProtocol,
  ExoError,
  oldestProtocolVersion,
  protocolVersion,
  type Registration,
  type Topology,
} from "@exosphere/proto";
import { type Log, Notices } from "@exosphere/telemetry";
import type { Clock } from "../core/clock.ts";
import type { Exocom } from "../core/exocom.ts";
import { inProcess } from "../loopback.ts";
import type { AttachAuthoriser } from "./attach-authoriser.ts";
import { AttachSession, type SessionHost } from "./attach-session.ts";
import { ConnectionLimit } from "./connection-limit.ts";
import { RefusalMemory } from "./refusal-memory.ts";
import { requesterOf } from "./requester-of.ts";
import { keyOf, type ResumableSession, ResumableSessions } from "./resumable-sessions.ts";
import { topologyOf } from "./topology.ts";
import { UnregisteredStreams } from "./unregistered-streams.ts";

/** How far apart instances are asked to move on average, in milliseconds: a broker takes in some hundred a second with ease. */
const moveSpacingMs = 5;

/** The part of the time for a move over which the asking is spread at the most. */
const moveSpreadPart = 1 / 8;

/** The part of the grace after which a broker that drains takes no more messages from instances that have not moved. */
const takingPart = 1 / 2;

/** How often a broker that drains looks whether it is done, in milliseconds. What expires tells nobody. */
const idleLookMs = 10;

/** What the host of all attach streams needs. */
export interface AttachHostOptions {
  readonly exocom: Exocom;
  readonly clock: Clock;
  readonly authoriser: Pick<AttachAuthoriser, "check">;
  readonly log: Pick<Log, "warn">;
  readonly agent: string;
  readonly schedule?: FlushSchedule;
  readonly limits?: Partial<AttachLimits>;
  /** A secret of this life of the broker, of which instances of version 2 get their keys. Default: random. */
  readonly secret?: Uint8Array;
}

/** What a broker takes of those who attach. */
export interface AttachLimits {
  /** Instances at once, and those that are remembered after they have gone. */
  readonly maxInstances: number;
  /** Bytes that may wait for an instance that does not read, before its stream ends. */
  readonly maxUnreadBytes: number;
  /** Memory for what was refused to instances that may not have heard of it, in bytes. */
  readonly maxRefusalBytes: number;
}

/** The limits of a broker that was told nothing. */
export const defaultAttachLimits: AttachLimits = {
  // Each costs some 50 KiB; a broker of Node serves hundreds, not tens of thousands.
  maxInstances: 10_000,
  maxUnreadBytes: defaultMaxUnreadBytes,
  // 50,000 refusals: those of fifty instances that all lose their connection while their messages are refused.
  maxRefusalBytes: 16 * 1024 * 1024,
};

/** How long an instance may stay after its token was withdrawn, in milliseconds: most handlers end within that time. */
const withdrawalMs = 2_000;

/** All attach streams of one broker. */
export class AttachHost {
  /** Names this life of the broker. */
  readonly epoch = randomUUID();
  /** What goes over the streams that come by a network. */
  readonly traffic = new Traffic();
  /** What was refused to instances that may not have heard of it. */
  readonly refusals: RefusalMemory;
  /** The connections that they come by. */
  readonly connections: ConnectionLimit;
  /** Attach streams that were refused, or ended with an error, by reason. */
  readonly failures = new Map<string, number>();
  /** Shares the event loop among the streams that come by a network. */
  readonly turns: FairTurns = new FairTurns();
  readonly #options: AttachHostOptions;
  readonly #sessions = new Set<AttachSession>();
  readonly #unregistered: UnregisteredStreams;
  /** Of refused attachments: peers without a token can cause any number of them. */
  readonly #notices: Notices;
  /** Of those that are registered: by role and instance id. */
  readonly #registered = new Map<string, AttachSession>();
  /** Of those that are registered: looks anew whether they may attach. Throws if not. */
  readonly #rechecks = new Map<AttachSession, () => void>();
  readonly #limits: AttachLimits;
  readonly #resumables: ResumableSessions;
  readonly #version2: Version2Peers;
  #isDraining = false;
  #isTaking = true;
  /** Instances that are still to be asked to move. */
  #toBeAsked = 0;

  constructor(options: AttachHostOptions) {
    this.#options = options;
    this.#limits = { ...defaultAttachLimits, ...options.limits };
    this.connections = new ConnectionLimit(this.#limits.maxInstances);
    this.#unregistered = new UnregisteredStreams(options.clock);
    const { log, clock } = options;
    const more = (refusals: number) => log.warn({ refusals }, "more attachments were refused");
    this.#notices = new Notices({ log, more, after: (delayMs, run) => void clock.after(delayMs, run) });
    this.refusals = new RefusalMemory(this.#limits.maxRefusalBytes);
    this.#version2 = new Version2Peers(options.secret);
    this.#resumables = new ResumableSessions(this.#limits.maxInstances, this.refusals);
  }

  /** Attach streams that are open. */
  get streams(): number {
    return this.#sessions.size;
  }

  /** Requesters that streams of version 2 know by handles. */
  get version2Requesters(): number {
    return this.#version2.handles.size;
  }

  /** Bytes that wait for instances which do not read fast enough. */
  get queuedBytes(): number {
    let sum = 0;
    for (const session of this.#sessions) sum += session.queuedBytes;
    return sum;
  }

  /** The whole bus at this moment. */
  topology(): Topology {
    return topologyOf(this.#options.exocom, this.#options.clock, this.epoch);
  }

  /** Takes a new stream. `peer` is who is at its other end; `refuse` ends it with an error. */
  accept(duplex: FrameDuplex<AttachRequest, AttachResponse>, peer: string, refuse: (error: ExoError) => void): void {
    const fail = (error: ExoError) => {
      this.#countFailure(error);
      refuse(error);
    };
    const { maxUnreadBytes } = this.#limits;
    if (this.#isDraining) return fail(draining());
    const { exocom, agent, schedule } = this.#options;
    const isDraining = () => this.#isDraining;
    const host: SessionHost = {
      exocom,
      agent,
      epoch: this.epoch,
      maxUnreadBytes,
      turns: this.turns,
      ...(schedule ? { schedule } : {}),
      admit: (registration, session) => {
        const known = this.#admit(registration, session, peer);
        this.#unregistered.delete(session);
        return known;
      },
      topology: () => this.topology(),
      get isDraining() {
        return isDraining();
      },
      ended: (session) => {
        this.#unregistered.delete(session);
        this.#ended(session);
      },
    };
    const session = new AttachSession(anyVersion(duplex, this.#version2), host, (error) => {
      this.#notices.warn(
        { peer, reason: error.reason, id: error.facts.id, err: error.cause },
        `refused an attachment: ${error.detail}`,
      );
      fail(error);
    });
    this.#sessions.add(session);
    this.#unregistered.add(session);
  }

  /**
   * Asks every instance to attach elsewhere within `withinMs`: one after the other in random order, so that they do not all
   * come to the next broker at once.
   */
  askToMove(withinMs: number, random: () => number = Math.random): void {
    const sessions = [...this.#sessions].filter(({ instance }) => instance);
    // One alone is asked at once.
    const spreadMs = Math.min(withinMs * moveSpreadPart, (sessions.length - 1) * moveSpacingMs);
    for (const session of sessions) {
      const delayMs = random() * spreadMs;
      this.#toBeAsked += 1;
      this.#options.clock.after(delayMs, () => {
        this.#toBeAsked -= 1;
        session.move(withinMs - delayMs);
      });
    }
  }

  /**
   * Takes no more instances, asks all to attach elsewhere, and waits until they have and what is under way is settled, or
   * until `deadline` fires. Then ends every stream. Messages are taken from those that have not moved yet for half of
   * `withinMs`.
   */
  async drain(deadline: AbortSignal, withinMs: number): Promise<void> {
    const { clock } = this.#options;
    this.#isDraining = true;
    this.askToMove(withinMs);
    const cancelRefusing = clock.after(withinMs * takingPart, () => {
      this.#isTaking = false;
      this.#options.exocom.startDraining();
    });
    let cancelLook = () => {};
    await new Promise<void>((resolve) => {
      const look = () => {
        if (deadline.aborted || this.#isDone()) resolve();
        else cancelLook = clock.after(idleLookMs, look);
      };
      deadline.addEventListener("abort", () => resolve(), { once: true });
      look();
    });
    cancelLook();
    cancelRefusing();
    this.close();
  }

  /**
   * Other tokens are accepted from now on. Instances that attached with one that is not have to attach again: they are asked to,
   * so that nothing under way is lost, and their streams end after two seconds whether or not they did.
   */
  checkTokens(): void {
    for (const [session, check] of this.#rechecks) {
      try {
        check();
      } catch {
        this.#withdraw(session);
      }
    }
  }

  /** Ends every stream. */
  close(): void {
    this.#isDraining = true;
    for (const session of [...this.#sessions]) session.end(undefined, "this broker shut down");
  }

  #isDone(): boolean {
    if (this.#toBeAsked > 0 || !this.#options.exocom.isIdle) return false;
    return !this.#isTaking || [...this.#sessions].every(({ isToMove }) => !isToMove);
  }

  #admit(registration: Registration, session: AttachSession, peer: string): ResumableSession {
    const { role, instanceId } = registration;
    if (this.#isDraining) throw draining();
    checkProtocol(registration);
    const { authoriser } = this.#options;
    const recheck = authoriser.check(registration, peer);
    if (instanceId.length < 1 || instanceId.length > 255) {
      throw new ExoError("INVALID_MESSAGE", "A registration needs an instance id of 1 to 255 characters.");
    }
    const { roles } = this.#options.exocom;
    if (!roles.has(role)) {
      const detail = `The routes have no role '${role}'. There are: ${[...roles.keys()].sort().join(", ")}.`;
      throw new ExoError("NOT_ALLOWED", detail, { facts: { role } });
    }
    const requester = requesterOf(registration);
    // Those of this process are not told apart by tokens: it gives them what it reads from the same file.
    if (peer !== inProcess) this.#rechecks.set(session, recheck);
    const key = keyOf(role, instanceId);
    const { maxInstances } = this.#limits;
    if (this.#registered.size >= maxInstances && !this.#registered.has(key)) throw tooMany(maxInstances);
    // The same instance again: its old connection broke without the broker having noticed yet.
    this.#registered.get(key)?.end(undefined, "the same instance attached again");
    this.#registered.set(key, session);
    const resumed = this.#resumables.resume(role, instanceId, registration.epoch === this.epoch);
    resumed.requester = requester;
    return resumed;
  }

  #withdraw(session: AttachSession): void {
    const { log, clock } = this.#options;
    const { instance } = session;
    // It is asked once, however often the tokens change meanwhile.
    this.#rechecks.delete(session);
    log.warn(
      { role: instance?.role.name, instance: instance?.id },
      "the token that an instance attached with is no longer accepted: it has to attach again",
    );
    session.move(withdrawalMs, "The token that it attached with is no longer accepted.");
    clock.after(withdrawalMs, () => session.end(undefined, "its token is no longer accepted"));
  }

  #countFailure({ reason }: ExoError): void {
    const label = reason.toLowerCase();
    this.failures.set(label, (this.failures.get(label) ?? 0) + 1);
  }

  #ended(session: AttachSession): void {
    this.#sessions.delete(session);
    this.#rechecks.delete(session);
    const { resumable } = session;
    if (!resumable) return;
    const key = keyOf(resumable.role, resumable.instanceId);
    if (this.#registered.get(key) === session) this.#registered.delete(key);
    this.#resumables.release(resumable);
  }
}

function tooMany(limit: number): ExoError {
  const detail = `This broker has ${limit} instances already: raise --max-instances, or run fewer instances.`;
  return new ExoError("RATE_LIMITED", detail, { retryAfterMs: 1000, facts: { limit } });
}

function draining(): ExoError {
  return new ExoError("DRAINING", "This broker is shutting down. Attach elsewhere, or later.");
}

function checkProtocol({ protocolVersion: version }: Registration): void {
  if (version >= oldestProtocolVersion && version <= protocolVersion) return;
  throw new ExoError(
    "INVALID_MESSAGE",
    `Version ${version} of the attach protocol is not served here, but ${describeProtocol()}. Update the older side.`,
  );
}
