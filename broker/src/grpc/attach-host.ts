import { randomUUID } from "node:crypto";
import type { FlushSchedule, FrameDuplex } from "@exosphere/frames";
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
import type { Log } from "@exosphere/runtime";
import type { Clock } from "../core/clock.ts";
import type { Exocom } from "../core/exocom.ts";
import { type Acquaintance, Acquaintances } from "./acquaintances.ts";
import type { AttachAuthoriser } from "./attach-authoriser.ts";
import { AttachSession, type SessionHost } from "./attach-session.ts";
import { topologyOf } from "./topology.ts";

/** Sessions at once. Each costs some 50 KiB; a broker of Node serves hundreds, not tens of thousands. */
const maxSessions = 10_000;

/** How long a stream may be open without having registered, in milliseconds. */
const registrationMs = 10_000;

/** What the host of all attach streams needs. */
export interface AttachHostOptions {
  readonly exocom: Exocom;
  readonly clock: Clock;
  readonly authoriser: AttachAuthoriser;
  readonly log: Log;
  readonly agent: string;
  readonly schedule?: FlushSchedule;
}

/** All attach streams of one broker. */
export class AttachHost {
  /** Names this life of the broker. */
  readonly epoch = randomUUID();
  readonly #options: AttachHostOptions;
  readonly #sessions = new Set<AttachSession>();
  /** Of those that are registered: by role and instance id. */
  readonly #registered = new Map<string, AttachSession>();
  readonly #acquaintances = new Acquaintances();
  #isDraining = false;
  #onIdle: (() => void) | undefined;

  constructor(options: AttachHostOptions) {
    this.#options = options;
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
    if (this.#isDraining)
      return refuse(new ExoError("DRAINING", "This broker is shutting down. Attach elsewhere, or later."));
    if (this.#sessions.size >= maxSessions) {
      return refuse(new ExoError("RATE_LIMITED", `This broker has ${maxSessions} attach streams already.`));
    }
    const { exocom, clock, agent, schedule } = this.#options;
    const overdue = setTimeout(
      () => session.end(new ExoError("INVALID_MESSAGE", "No registration came on this stream.")),
      registrationMs,
    );
    const host: SessionHost = {
      exocom,
      clock,
      agent,
      epoch: this.epoch,
      ...(schedule ? { schedule } : {}),
      admit: (registration, session) => {
        const known = this.#admit(registration, session, peer);
        clearTimeout(overdue);
        return known;
      },
      topology: () => this.topology(),
      progressed: () => this.#progressed(),
      ended: (session) => {
        clearTimeout(overdue);
        this.#ended(session);
      },
    };
    const session = new AttachSession(duplex, host, (error) => {
      this.#options.log.warn(
        { peer, reason: error.reason, err: error.cause },
        `refused an attachment: ${error.detail}`,
      );
      refuse(error);
    });
    this.#sessions.add(session);
  }

  /**
   * Takes no more instances and no more messages but replies, asks every instance to attach elsewhere, and waits until what
   * is under way is settled or `deadline` fires. Then ends every stream.
   */
  async drain(deadline: AbortSignal, withinMs: number): Promise<void> {
    this.#isDraining = true;
    this.#options.exocom.startDraining();
    for (const session of this.#sessions) session.move(withinMs);
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve;
      if (deadline.aborted) resolve();
      deadline.addEventListener("abort", () => resolve(), { once: true });
      this.#progressed();
    });
    this.close();
  }

  /** Ends every stream. */
  close(): void {
    this.#isDraining = true;
    for (const session of [...this.#sessions]) session.end();
  }

  #progressed(): void {
    if (this.#onIdle && this.#options.exocom.isIdle) this.#onIdle();
  }

  #admit(registration: Registration, session: AttachSession, peer: string): Acquaintance {
    const { role, instanceId } = registration;
    checkProtocol(registration);
    this.#options.authoriser.check(registration, peer);
    if (instanceId.length < 1 || instanceId.length > 255) {
      throw new ExoError("INVALID_MESSAGE", "A registration needs an instance id of 1 to 255 characters.");
    }
    const { roles } = this.#options.exocom;
    if (!roles.has(role)) {
      const detail = `The routes have no role '${role}'. There are: ${[...roles.keys()].sort().join(", ")}.`;
      throw new ExoError("NOT_ALLOWED", detail, { facts: { role } });
    }
    const key = keyOf(role, instanceId);
    // The same instance again: its old connection broke without the broker having noticed yet.
    this.#registered.get(key)?.end();
    this.#registered.set(key, session);
    return this.#acquaintances.meet(role, instanceId, registration.epoch === this.epoch);
  }

  #ended(session: AttachSession): void {
    this.#sessions.delete(session);
    const { instance } = session;
    if (instance) {
      const key = keyOf(instance.role.name, instance.id);
      if (this.#registered.get(key) === session) this.#registered.delete(key);
    }
    this.#progressed();
  }
}

function keyOf(role: string, instanceId: string): string {
  return `${role}\0${instanceId}`;
}

function checkProtocol({ protocolVersion: version }: Registration): void {
  if (version >= oldestProtocolVersion && version <= protocolVersion) return;
  throw new ExoError(
    "INVALID_MESSAGE",
    `Version ${version} of the attach protocol is not served here, but ${describeProtocol()}. Update the older side.`,
  );
}
