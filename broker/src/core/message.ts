import type { Envelopes } from "./envelopes.ts";
import type { Permission } from "./permission.ts";
import type { RoleIdentity } from "./role-identity.ts";
import type { MonotonicMs, MonotonicTimes, WallMs, WallTimes } from "./times.ts";

/**
 * What the bus promises of a message. `best-effort`: it is given to an app at most once, and a loss is counted, logged and told.
 * `durable`: it is kept on disk until it is settled, and tried again.
 */
export type Guarantee = "best-effort" | "durable";

/** The handlers that wait for a message for which none does. */
export const nobody: readonly number[] = [];

/** What is said of a message when it is published. */
export interface MessageFields {
  /** The activity that it belongs to, as it travels. */
  readonly activityId: Uint8Array;
  /** What the two apps say to each other, encoded; passed on unread. */
  readonly envelope: Uint8Array;
  /** Whether it comes from the security role. */
  readonly isSecurity: boolean;
  /** The number of the instance that waits for a reply; 0: none does, or the bus itself on behalf of the security role. */
  readonly requester: number;
  /** Not 0: the requester's number for its request. */
  readonly replyRequest: number;
  /** The numbers of the handlers that wait for what follows from it. Default: none. */
  readonly awaiting?: readonly number[];
  /** Whether the sender takes any number of replies. Default: no. */
  readonly isMany?: boolean;
  /** The role that sent it; undefined if the bus itself did. */
  readonly sender?: RoleIdentity | undefined;
  /** As what that role sent it. */
  readonly permission?: Permission | undefined;
  /** Default: best-effort. */
  readonly guarantee?: Guarantee;
  /** Whether it does no harm when another instance is given it, although the one that had it may have begun. Default: if it is durable. */
  readonly isRepeatable?: boolean;
}

/** What the broker adds to a message when it accepts it. */
export interface MessageStamp extends MonotonicTimes, WallTimes {
  /** Counts the messages of this broker's life, from 1. */
  readonly number: number;
  /** Stands for its activity where a mix-up does no harm. */
  readonly activityHash: number;
  /** Whole nanoseconds since the previous message of the activity, 0 for the first. */
  readonly responseTimeNs: number;
}

/** A message that the bus has taken: what all deliveries of it share. */
export class AcceptedMessage implements MessageStamp {
  // Identity.
  readonly number: number;
  readonly sender: RoleIdentity | undefined;
  readonly permission: Permission | undefined;
  readonly activityHash: number;
  readonly isSecurity: boolean;

  // What it is owed.
  readonly guarantee: Guarantee;
  readonly isRepeatable: boolean;

  // Times of this life of the broker.
  readonly acceptedAtMs: MonotonicMs;
  readonly expiresAtMs: MonotonicMs;

  // Times that other processes see.
  readonly timestampMs: WallMs;
  readonly responseTimeNs: number;

  // The return path.
  readonly requester: number;
  readonly replyRequest: number;
  readonly awaiting: readonly number[];
  readonly isMany: boolean;

  // What it says.
  readonly activityId: Uint8Array;
  readonly envelope: Uint8Array;

  #activity: string | undefined;
  readonly #envelopes: Envelopes;

  constructor(fields: MessageFields, stamp: MessageStamp, envelopes: Envelopes) {
    this.number = stamp.number;
    this.sender = fields.sender;
    this.permission = fields.permission;
    this.activityHash = stamp.activityHash;
    this.isSecurity = fields.isSecurity;
    this.guarantee = fields.guarantee ?? "best-effort";
    this.isRepeatable = fields.isRepeatable ?? this.guarantee === "durable";
    this.acceptedAtMs = stamp.acceptedAtMs;
    this.expiresAtMs = stamp.expiresAtMs;
    this.timestampMs = stamp.timestampMs;
    this.responseTimeNs = stamp.responseTimeNs;
    this.requester = fields.requester;
    this.replyRequest = fields.replyRequest;
    this.awaiting = fields.awaiting ?? nobody;
    this.isMany = fields.isMany ?? false;
    this.activityId = fields.activityId;
    this.envelope = fields.envelope;
    this.#envelopes = envelopes;
  }

  /**
   * The activity as a key. Made when it is first asked for: most messages are alone in theirs, and their roles have one
   * instance, so that the hash is all that is looked at.
   */
  get activity(): string {
    this.#activity ??= activityText(this.activityId);
    return this.#activity;
  }

  /** Its id, as its sender wrote it, read from the envelope each time; undefined if that cannot be decoded. */
  get id(): string | undefined {
    return this.#envelopes.idOf(this.envelope);
  }

  /** The number of the handler that works on it at a role: what the messages carry that this handler waits for. */
  handlerAt({ name }: RoleIdentity): number | undefined {
    return this.#envelopes.handlerNumber(name, this.activityId, this.envelope);
  }

  /** Keeps its own bytes alone. What waits must not keep the whole frame that it came in: a view of 200 bytes may hold a megabyte. */
  ownBytes(): void {
    if (this.envelope.buffer.byteLength <= 2 * this.envelope.byteLength + 1024) return;
    // Readonly for everybody else.
    Object.assign(this, { envelope: new Uint8Array(this.envelope), activityId: new Uint8Array(this.activityId) });
  }
}

/**
 * An activity's id as a key. A byte a character: what is not ASCII is still told apart, as only equality counts. A Buffer
 * does it in 75 ns, `String.fromCharCode` took 156.
 */
export function activityText(bytes: Uint8Array): string {
  const { buffer, byteOffset, byteLength } = bytes;
  return (Buffer.isBuffer(bytes) ? bytes : Buffer.from(buffer, byteOffset, byteLength)).toString("latin1");
}
