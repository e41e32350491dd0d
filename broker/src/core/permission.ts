import type { RoleIdentity } from "./role-identity.ts";
import type { Subscription } from "./subscription.ts";
import type { Tally } from "./tally.ts";

/** That a role may send a message, and who receives it then. `R`: what those who use it know of the receiving roles. */
export class Permission<R extends RoleIdentity = RoleIdentity> {
  /** Stands for the name on the role's streams. */
  readonly number: number;
  /** The role's own name for the message. */
  readonly name: string;
  /** The application's name for it. */
  readonly publicName: string;
  /** What became of the publishes. */
  readonly published: Tally;
  /** Who receives it. Set once all roles are known. */
  subscriptions: readonly Subscription<R>[] = [];
  /** Whether it can reach anyone. Beside a security role that is not known before: it may answer a `security request`. */
  hasReceivers = false;

  constructor(fields: { number: number; name: string; publicName: string; published: Tally }) {
    this.number = fields.number;
    this.name = fields.name;
    this.publicName = fields.publicName;
    this.published = fields.published;
  }
}
