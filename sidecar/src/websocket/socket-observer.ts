import type { HandledObserver } from "../core/seat.ts";

/** Counts and shows what goes over the sockets. */
export interface SocketObserver extends HandledObserver {
  /** The bus accepted a message of `role`, or somebody refused it. Of an unregistered socket, it is the role that it claims. */
  sent(role: string, name: string, refused: Error | undefined): void;
}
