import { randomUUID } from "node:crypto";
import { anyVersion, FairTurns, type FlushSchedule, type FrameDuplex, Traffic, Version2Peers } from "@exosphere/frames";
import type { AttachRequest, AttachResponse, ExoError, Topology } from "@exosphere/proto";
import { type Log, Notices } from "@exosphere/telemetry";
import type { Clock } from "../core/clock.ts";
import type { Exocom } from "../core/exocom.ts";
import type { AttachAuthoriser } from "./attach-authoriser.ts";
import { type AttachLimits, defaultAttachLimits } from "./attach-limits.ts";
import { AttachSession, type SessionHost } from "./attach-session.ts";
import { ConnectionLimit } from "./connection-limit.ts";
import { draining, Leaving } from "./leaving.ts";
import { RefusalMemory } from "./refusal-memory.ts";
import { Registered } from "./registered.ts";
import { ResumableSessions } from "./resumable-sessions.ts";
import { topologyOf } from "./topology.ts";
import { UnregisteredStreams } from "./unregistered-streams.ts";

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
  readonly #limits: AttachLimits;
  readonly #registered: Registered;
  readonly #leaving: Leaving;
  readonly #version2: Version2Peers;

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
    const { maxInstances } = this.#limits;
    this.#registered = new Registered(
      options,
      maxInstances,
      this.epoch,
      new ResumableSessions(maxInstances, this.refusals),
    );
    this.#leaving = new Leaving(options.exocom, clock, this.#sessions);
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
    const leaving = this.#leaving;
    if (leaving.isDraining) return fail(draining());
    const { exocom, agent, schedule } = this.#options;
    const host: SessionHost = {
      exocom,
      agent,
      epoch: this.epoch,
      maxUnreadBytes,
      turns: this.turns,
      ...(schedule ? { schedule } : {}),
      admit: (registration, session) => {
        if (leaving.isDraining) throw draining();
        const known = this.#registered.admit(registration, session, peer);
        this.#unregistered.delete(session);
        return known;
      },
      topology: () => this.topology(),
      get isDraining() {
        return leaving.isDraining;
      },
      ended: (session) => {
        this.#unregistered.delete(session);
        this.#sessions.delete(session);
        this.#registered.release(session);
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
  askToMove(withinMs: number, random?: () => number): void {
    this.#leaving.askToMove(withinMs, random);
  }

  /**
   * Takes no more instances, asks all to attach elsewhere, and waits until they have and what is under way is settled, or
   * until `deadline` fires. Then ends every stream. Messages are taken from those that have not moved yet for half of
   * `withinMs`.
   */
  async drain(deadline: AbortSignal, withinMs: number): Promise<void> {
    await this.#leaving.drain(deadline, withinMs);
    this.close();
  }

  /** Other tokens are accepted from now on: who attached with one that is not has to attach again. */
  checkTokens(): void {
    this.#registered.checkTokens();
  }

  /** Ends every stream. */
  close(): void {
    this.#leaving.begin();
    for (const session of [...this.#sessions]) session.end(undefined, "this broker shut down");
  }

  #countFailure({ reason }: ExoError): void {
    const label = reason.toLowerCase();
    this.failures.set(label, (this.failures.get(label) ?? 0) + 1);
  }
}
