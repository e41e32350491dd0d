import type { Delivery } from "./delivery.ts";
import type { Failure } from "./failure.ts";
import type { BindingObserver, Instance, ServedRole } from "./instance.ts";
import type { AcceptedMessage } from "./message.ts";
import type { Outcome } from "./outcome.ts";
import type { Permission } from "./permission.ts";
import type { Publication } from "./publication.ts";

/** A delivery that reached nobody. */
export interface Loss {
  /** The role that it was for. */
  readonly role: string;
  /** That role's name for the message. */
  readonly name: string;
  /** The activity. */
  readonly activity: string;
  /** A reason of the catalogue, or what else happened to it, in lower case. */
  readonly outcome: string;
  /** For people. */
  readonly detail: string;
  /** What was lost. Its id is read from the envelope only where somebody asks for it. */
  readonly message?: Pick<AcceptedMessage, "id">;
}

/** A message that the security role did not let through. */
export interface RefusedMessage {
  /** The role that sent it. */
  readonly role: string;
  /** That role's name for the message. */
  readonly name: string;
  /** The activity, as its sender wrote it. */
  readonly activity: string;
  /** Its id, as its sender wrote it. */
  readonly id?: string;
  /** What the verdict counts as. */
  readonly outcome: string;
  /** For people. */
  readonly detail: string;
}

/** Notified of what the core does, beside what it counts. For logs and the live tap; must not throw. */
export interface Observer extends BindingObserver {
  attached?(instance: Instance): void;
  /** `why` is for people: it broke, left in order, was drained, or what else ended it. */
  detached?(instance: Instance, why: string): void;
  /** Nothing is dropped silently. */
  lost?(loss: Loss): void;
  /** The security role refused a message, or gave no verdict in time. */
  refused?(message: RefusedMessage): void;
  /** A message is about to be given to those who receive it. */
  publishes?(sender: Instance, permission: Permission<ServedRole>, message: AcceptedMessage): void;
  /** A message was not taken; `permission` is undefined if the sender's role has no such name. */
  refuses?(sender: Instance, permission: Permission | undefined, publication: Publication, why: Failure): void;
  /** A delivery is given to the instance that it is bound to. */
  delivers?(delivery: Delivery, instance: Instance): void;
  /** A delivery came back from its instance: it is tried again, or goes elsewhere. */
  takesBack?(delivery: Delivery, instance: Instance, outcome: Outcome, detail: string): void;
  /** A delivery has ended; `instance` had it, if one did. `words` are the app's own, for operators. */
  ends?(delivery: Delivery, instance: Instance | undefined, outcome: Outcome, detail: string, words: string): void;
}
