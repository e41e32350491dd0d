import type { Accepted } from "../acceptances.ts";
import type { Acceptance, Copy } from "../copy.ts";
import type { Instance } from "../instance.ts";
import type { Refused } from "../link.ts";
import type { AwaitedCopy } from "../open-request.ts";
import type { Publish } from "../publish.ts";
import type { StreamedReply } from "../reply-stream.ts";
import type { Role } from "../role.ts";
import type { Sending } from "../sending.ts";
import type { Subscription } from "../subscription.ts";

/** What the parts around the security role need from the bus. */
export interface SecurityHost {
  /** Why a message is refused before anybody is asked about it. */
  check(publish: Publish): Refused | undefined;
  /** The same, but for the broker's shutting down: what others wait for is taken to the last. */
  checkForm(publish: Publish): Refused | undefined;
  /** Publishes a message that was checked, as if there were no security role. */
  accept(instance: Instance, sending: Sending, publish: Publish): Refused | StreamedReply | undefined;
  /** What an instance's role may send under a number, as the routes are now. */
  sendingOf(instance: Instance, number: number): Sending | undefined;
  /** The instance that waits for this message as a reply. */
  waiterOf(publish: Publish, sending: Sending): Instance | undefined;
  /** The handler that sent a request waits from now on. Returns its delivery, where that is known. */
  waits(instance: Instance, publish: Publish): Copy | undefined;
  /** A message ends the wait of the handler that asked for it, if it is of the activity of the request. */
  answered(waiter: Instance, publish: Publish): void;
  /** What waits for the answer to a message, if it is a request. */
  open(instance: Instance, publish: Publish, copies: number): AwaitedCopy | undefined;
  /** Makes a message of the bus. */
  acceptance(message: Accepted): Acceptance;
  /** Puts a copy into the queue of its role. False, and counted, if that is full. */
  offer(copy: Copy): boolean;
  subscribersOf(publicName: string): readonly Subscription[];
  /** The instance of a handle, if it is attached. */
  instanceOf(handle: number): Instance | undefined;
  /** The security role, while the routes name one. */
  readonly security: Role | undefined;
}
