import type { Failure } from "../failure.ts";
import type { Instance } from "../instance.ts";
import type { ListNode } from "../list.ts";
import type { PendingRequest } from "../pending-request.ts";
import type { Permission } from "../permission.ts";
import type { Publication } from "../publication.ts";
import type { Role } from "../role.ts";
import type { Timer } from "../timer-wheel.ts";
import { Undecided } from "../undecided.ts";
import type { AuthorizationRequest } from "./authorization-request.ts";

/** What a held message is made of. */
export interface HeldFields {
  /** Who sent it. It may have detached since. */
  readonly sender: Instance<Role>;
  /** What it is, by the routes of that time. */
  readonly permission: Permission<Role>;
  readonly publication: Publication;
  readonly question: AuthorizationRequest;
  /** The activity in which the verdict on it must come. */
  readonly verdictActivity: string;
  readonly bytes: number;
  /** Until when it is valid, in milliseconds of the clock. */
  readonly expiresAtMs: number;
  /** The question about it will not be answered. */
  readonly onUnanswered: (held: HeldMessage, failure: Failure) => void;
}

/** A message that waits for the verdict of the security role. To its question it is what waits for the answer. */
export class HeldMessage extends Undecided implements PendingRequest {
  readonly isAccepted = false;
  readonly sender: Instance<Role>;
  readonly permission: Permission<Role>;
  readonly publication: Publication;
  readonly question: AuthorizationRequest;
  readonly verdictActivity: string;
  readonly bytes: number;
  readonly expiresAtMs: number;
  /** The verdict was in its favour; it may have to wait for those before it. */
  isAuthorized = false;
  /** An instance of the security role was asked. */
  isAsked = false;
  /** Its place among the held messages of its activity. */
  place: ListNode<HeldMessage> | undefined;
  timer: Timer | undefined;
  readonly #onUnanswered: HeldFields["onUnanswered"];

  constructor(fields: HeldFields) {
    super();
    this.sender = fields.sender;
    this.permission = fields.permission;
    this.publication = fields.publication;
    this.question = fields.question;
    this.verdictActivity = fields.verdictActivity;
    this.bytes = fields.bytes;
    this.expiresAtMs = fields.expiresAtMs;
    this.#onUnanswered = fields.onUnanswered;
  }

  /** Whether it still waits for anything. */
  get isHeld(): boolean {
    return this.place !== undefined;
  }

  /** A verdict on it counts still. */
  get isAwaited(): boolean {
    return this.isHeld && !this.isAuthorized;
  }

  deliveryRefused(): void {}

  deliveryBound(): void {
    this.isAsked = true;
  }

  deliveryReturned(): void {
    this.isAsked = false;
  }

  deliveryFailed(failure: Failure): void {
    if (this.isAwaited) this.#onUnanswered(this, failure);
  }
}
