import type { Failure } from "./failure.ts";

/** A publish that is confirmed later: when it is decided what becomes of it. */
export abstract class Undecided {
  /** Whether the message is accepted already: it waits for its requester alone, no longer for a verdict. */
  abstract readonly isAccepted: boolean;
  /** Called once, with the failure if the message is refused, without if it is accepted. Set by the publisher. */
  onDecided: ((failure: Failure | undefined) => void) | undefined;
}
