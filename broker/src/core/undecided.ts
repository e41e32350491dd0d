import type { Failure } from "./failure.ts";

/** A publish that is confirmed later: when it is decided what becomes of it. */
export abstract class Undecided {
  /** Whether the message is accepted already: it waits for its requester alone, no longer for a verdict. */
  abstract readonly isAccepted: boolean;
  /** Is told once: with nothing when the bus has accepted it, else with why not. Set by whoever published it. */
  onDecided: ((failure: Failure | undefined) => void) | undefined;
}
