import type { Refused } from "./link.ts";

/** A publish that was taken and is confirmed later: when it is decided what becomes of it. */
export abstract class Undecided {
  /** Is told once: with nothing when the bus has accepted it, else with why not. Set by whoever published it. */
  onDecided: ((refused: Refused | undefined) => void) | undefined;
}
