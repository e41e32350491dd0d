import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";
import { addressGroup, Share } from "@exosphere/collections";
import { isLoopback } from "../loopback.ts";

/** Diagnostics channel on which Node publishes each socket that a server has accepted. */
const channel = "net.server.socket";

/**
 * Connections beside one for each instance: of operators, of load balancers that look at its health, and of instances that attach
 * again before their old connection is known to be gone.
 */
const spareConnections = 1_000;

/** Part of all connections for one address, an IPv6 address with all of its /64. Those from this machine are bounded by the total alone. */
const addressPart = 1 / 2;

/**
 * Bounds the connections of a port that grpc-js serves, which has no option for that: Node's diagnostics channel reports them. Excess
 * connections are closed at once.
 */
export class ConnectionLimit {
  /** Connections that are open. */
  open = 0;
  /** Connections that were closed at once. */
  refused = 0;
  readonly #share: Share<"address">;
  #port = 0;

  /** As many as there may be instances, and some. */
  constructor(maxInstances: number) {
    const total = maxInstances + spareConnections;
    this.#share = new Share({ total, parts: { address: Math.ceil(total * addressPart) } });
  }

  /** Bounds the connections to a port of this process from now on. Returns what ends that. */
  watch(port: number): () => void {
    this.#port = port;
    const taken = (message: unknown) => this.#taken((message as { readonly socket: Socket }).socket);
    subscribe(channel, taken);
    return () => unsubscribe(channel, taken);
  }

  /** Counts a connection until it is closed, or closes it. */
  #taken(socket: Socket): void {
    if (socket.localPort !== this.#port) return;
    const { remoteAddress = "", remotePort } = socket;
    const holders = isLoopback(`${remoteAddress}:${remotePort}`) ? {} : { address: addressGroup(remoteAddress) };
    if (this.#share.take(holders)) {
      this.refused += 1;
      socket.destroy();
      return;
    }
    this.open += 1;
    socket.once("close", () => {
      this.open -= 1;
      this.#share.release(holders);
    });
  }
}
