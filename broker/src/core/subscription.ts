import type { RoleIdentity } from "./role-identity.ts";
import type { Tally } from "./tally.ts";

/** Takes the time from acceptance to settlement, in seconds. A histogram, at the edge. */
export interface LatencyRecorder {
  record(seconds: number): void;
}

/** That a role receives a message. `R`: what those who use it know of that role. */
export class Subscription<R extends RoleIdentity = RoleIdentity> {
  readonly role: R;
  /** Stands for the name on the role's streams. */
  readonly number: number;
  /** The role's own name for the message. */
  readonly name: string;
  /** The application's name for it. */
  readonly publicName: string;
  /** The longest time in milliseconds in which it is valid for this role; Infinity if the role sets no limit. */
  readonly deadlineMs: number;
  /** Whether messages of one activity are delivered one at a time. */
  readonly isOrdered: boolean;
  /** How the deliveries to this role ended. */
  readonly delivered: Tally;
  /** From acceptance to settlement, whatever the outcome. */
  readonly latency: LatencyRecorder;

  constructor(fields: Subscription<R>) {
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
