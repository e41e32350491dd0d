import type { Bus, Incoming } from "./bus.ts";
import type { MessageCompleter } from "./outgoing-message.ts";
import type { ReceivedMessages } from "./received.ts";

/** How a delivery to such a connection can end: some of the outcomes of a settlement. */
export type Ending = "done" | "retry" | "failed" | "dead" | "returned";

/** What takes deliveries: a connection that an app has opened. */
export interface Taker {
  /** How many unsettled deliveries it takes. */
  readonly window: number;
  /** Gives a message to the app. */
  deliver(incoming: Incoming): void;
  /** Ends it, as nothing comes from the bus any more. */
  close(): void;
}

/** An instance's place on the bus, as long as a connection has it. */
export interface Seat {
  readonly bus: Bus;
  readonly completer: MessageCompleter;
  readonly received: ReceivedMessages;
  settle(incoming: Incoming, ending: Ending, detail?: string): void;
  /** The connection takes more deliveries than before, or fewer. */
  windowChanged(): void;
  /** The connection is gone. It has settled everything. */
  leave(): void;
}

/** Gives connections their places. */
export interface Seats {
  /** A connection wants the deliveries of a role. Throws an ExoError to refuse. */
  take(role: string, taker: Taker): Seat;
}

/** Counts how apps deal with their deliveries. */
export interface HandledObserver {
  /** An app dealt with a delivery in so many seconds. */
  handled(name: string, ending: Exclude<Ending, "returned">, seconds: number): void;
}
