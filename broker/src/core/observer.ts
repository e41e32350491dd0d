import type { Acceptance, Copy } from "./copy.ts";
import type { Instance } from "./instance.ts";
import type { Refused } from "./link.ts";
import type { Publish } from "./publish.ts";
import type { Sending } from "./sending.ts";
import type { Outcome } from "./tally.ts";

/** A copy that reached nobody. */
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
  /** What the two apps say to each other, encoded: it has the id. */
  readonly envelope?: Uint8Array;
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

/** Is told what the core does, apart from what it counts. For logs and the live tap; must not throw. */
export interface Observer {
  attached?(instance: Instance): void;
  /** `why` is for people: it broke, left in order, was drained, or what else ended it. */
  detached?(instance: Instance, why: string): void;
  /** Nothing is dropped silently. */
  lost?(loss: Loss): void;
  /** The security role refused a message, or gave no verdict in time. */
  refused?(message: RefusedMessage): void;
  /** A message is about to be given to those who receive it. */
  publishes?(sender: Instance, sending: Sending, message: Acceptance): void;
  /** A message was not taken; `sending` is undefined if the sender's role has no such name. */
  refuses?(sender: Instance, sending: Sending | undefined, publish: Publish, why: Refused): void;
  /** A copy is given to the instance that it is bound to. */
  delivers?(copy: Copy, instance: Instance): void;
  /** A copy came back from its instance: it is tried again, or goes elsewhere. */
  takesBack?(copy: Copy, instance: Instance, outcome: Outcome, detail: string): void;
  /** A copy has ended; `instance` had it, if one did. */
  ends?(copy: Copy, instance: Instance | undefined, outcome: Outcome, detail: string, words: string): void;
}
