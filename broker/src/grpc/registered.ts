import { FairEviction } from "@exosphere/collections";
import {
  describeProtocol,
  ExoError,
  oldestProtocolVersion,
  protocolVersion,
  type Registration,
} from "@exosphere/proto";
import type { Log } from "@exosphere/telemetry";
import type { Clock } from "../core/clock.ts";
import type { Exocom } from "../core/exocom.ts";
import { inProcess } from "../loopback.ts";
import type { AttachAuthoriser } from "./attach-authoriser.ts";
import type { AttachSession } from "./attach-session.ts";
import { requesterOf } from "./requester-of.ts";
import { keyOf, type ResumableSession, type ResumableSessions } from "./resumable-sessions.ts";

/** How long an instance may stay after its token was withdrawn, in milliseconds: most handlers end within that time. */
const withdrawalMs = 2_000;

/** What the list of those who are registered needs. */
export interface RegisteredOptions {
  readonly exocom: Pick<Exocom, "roles">;
  readonly clock: Clock;
  readonly authoriser: Pick<AttachAuthoriser, "check">;
  readonly log: Pick<Log, "warn">;
}

/** The instances that are attached: who may be, one stream for each, and whether their tokens still count. */
export class Registered {
  readonly #options: RegisteredOptions;
  readonly #maxInstances: number;
  readonly #epoch: string;
  readonly #resumables: ResumableSessions;
  /** By role and instance id. */
  readonly #sessions = new Map<string, AttachSession>();
  /** The same keys, so that none of the roles can have all places for itself. */
  readonly #places = new FairEviction<string>();
  /** Looks anew whether they may attach. Throws if not. */
  readonly #rechecks = new Map<AttachSession, () => void>();

  /** `epoch` names this life of the broker, `resumables` is what it remembers of those who were here before. */
  constructor(options: RegisteredOptions, maxInstances: number, epoch: string, resumables: ResumableSessions) {
    this.#options = options;
    this.#maxInstances = maxInstances;
    this.#epoch = epoch;
    this.#resumables = resumables;
  }

  /**
   * Takes the instance at the other end of a session, in place of its own earlier stream if that is still there.
   *
   * @throws ExoError if it may not attach
   */
  admit(registration: Registration, session: AttachSession, peer: string): ResumableSession {
    const { role, instanceId } = registration;
    checkProtocol(registration);
    // Refusals repeat it, in trailers of HTTP/2 that are bounded.
    if (role.length > 255) throw new ExoError("INVALID_MESSAGE", "A registration needs a role of 1 to 255 characters.");
    const recheck = this.#options.authoriser.check(registration, peer);
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
    if (this.#sessions.size >= this.#maxInstances && !this.#sessions.has(key)) this.#makeRoom(role);
    // The same instance again: its old connection broke without the broker having noticed yet.
    this.#sessions.get(key)?.end(undefined, "the same instance attached again");
    this.#sessions.set(key, session);
    this.#places.set(key, role);
    const resumed = this.#resumables.resume(role, instanceId, registration.epoch === this.#epoch);
    resumed.requester = requester;
    return resumed;
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

  /** A session has ended, whether or not it was ever registered. */
  release(session: AttachSession): void {
    this.#rechecks.delete(session);
    const { resumable } = session;
    if (!resumable) return;
    const key = keyOf(resumable.role, resumable.instanceId);
    if (this.#sessions.get(key) === session) {
      this.#sessions.delete(key);
      this.#places.delete(key);
    }
    this.#resumables.release(resumable);
  }

  /** All places are taken. A role that has few of them gets one of the role that has most. Throws RATE_LIMITED if that has not many more. */
  #makeRoom(role: string): void {
    const displaced = this.#sessions.get(this.#places.next() ?? "");
    const most = displaced?.resumable?.role;
    const isFair = most === undefined || this.#places.usedBy(most) <= 2 * (this.#places.usedBy(role) + 1);
    if (isFair) throw tooMany(this.#maxInstances);
    displaced?.end(tooMany(this.#maxInstances));
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
}

function tooMany(limit: number): ExoError {
  const detail = `This broker has ${limit} instances already: raise --max-instances, or run fewer instances.`;
  return new ExoError("RATE_LIMITED", detail, { retryAfterMs: 1000, facts: { limit } });
}

function checkProtocol({ protocolVersion: version }: Registration): void {
  if (version >= oldestProtocolVersion && version <= protocolVersion) return;
  throw new ExoError(
    "INVALID_MESSAGE",
    `Version ${version} of the attach protocol is not served here, but ${describeProtocol()}. Update the older side.`,
  );
}
