import type { Bus, Incoming } from "../core/bus.ts";
import type { MessageCompleter } from "../core/outgoing-message.ts";
import type { ReceivedMessages } from "../core/received.ts";
import type { ServiceSocket } from "./service-socket.ts";

/** How a socket can end a delivery. */
export type SocketEnding = "done" | "retry" | "failed" | "dead" | "returned";

/** An instance's place on the bus, as long as a socket has it. */
export interface Seat {
  readonly bus: Bus;
  readonly completer: MessageCompleter;
  readonly received: ReceivedMessages;
  settle(incoming: Incoming, ending: SocketEnding, detail?: string): void;
  /** The socket takes more deliveries than before, or fewer. */
  windowChanged(): void;
  /** The socket is gone. It has settled everything. */
  leave(): void;
}

/** Gives sockets their places. */
export interface Seats {
  /** A socket registers for a role. Throws an ExoError to refuse. */
  take(role: string, socket: ServiceSocket): Seat;
}

/** Counts and shows what goes over the sockets. */
export interface SocketObserver {
  /** The bus accepted a message of `role`, or somebody refused it. Of an unregistered socket, it is the role that it claims. */
  sent(role: string, name: string, refused: Error | undefined): void;
  /** An app dealt with a delivery in so many seconds. */
  handled(name: string, ending: Exclude<SocketEnding, "returned">, seconds: number): void;
}
