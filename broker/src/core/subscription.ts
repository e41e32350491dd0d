import type { LatencyRecorder, Role } from "./role.ts";
import type { Tally } from "./tally.ts";

/** That a role receives a message. */
export class Subscription {
  readonly role: Role;
  /** Stands for the name on the role's streams. */
  readonly number: number;
  /** The role's own name for the message. */
  readonly name: string;
  /** The application's name for it. */
  readonly publicName: string;
  /** The longest time in milliseconds in which it is of use to this role. */
  readonly deadlineMs: number;
  /** Whether messages of one activity are delivered one at a time. */
  readonly isOrdered: boolean;
  /** How the copies for this role ended. */
  readonly delivered: Tally;
  /** From acceptance to settlement, whatever the outcome. */
  readonly latency: LatencyRecorder;

  constructor(fields: Subscription) {
    this.role = fields.role;
    this.number = fields.number;
    this.name = fields.name;
    this.publicName = fields.publicName;
    this.deadlineMs = fields.deadlineMs;
    this.isOrdered = fields.isOrdered;
    this.delivered = fields.delivered;
    this.latency = fields.latency;
  }
}
