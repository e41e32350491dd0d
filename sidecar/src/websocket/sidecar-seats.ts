import { ExoError } from "@exosphere/proto";
import type { Bus, Incoming } from "../core/bus.ts";
import type { Consumer } from "../core/consumer.ts";
import type { MessageCompleter } from "../core/outgoing-message.ts";
import type { ReceivedMessages } from "../core/received.ts";
import type { Seat, Seats, SocketEnding } from "./seat.ts";
import type { ServiceSocket } from "./service-socket.ts";

/** What the places of a sidecar's sockets are made of. */
export interface SidecarSeatsOptions {
  readonly role: string;
  readonly bus: Bus;
  readonly completer: MessageCompleter;
  readonly received: ReceivedMessages;
  readonly consumer: Consumer;
  readonly settle: (incoming: Incoming, ending: SocketEnding, detail?: string) => void;
  /** How many unsettled deliveries the app takes from now on. */
  readonly onWindow: (window: number) => void;
  /** The app takes its deliveries here. */
  readonly onClaimed: () => void;
}

/**
 * The sockets of one sidecar, which is one instance: all may send, the one that came last takes the deliveries. An app that
 * connects again need not wait until its old connection is found to be dead.
 */
export class SidecarSeats implements Seats {
  readonly #options: SidecarSeatsOptions;
  readonly #sockets: ServiceSocket[] = [];

  constructor(options: SidecarSeatsOptions) {
    this.#options = options;
  }

  /** Whether an app takes deliveries here. */
  get hasConsumer(): boolean {
    return this.#sockets.length > 0;
  }

  take(role: string, socket: ServiceSocket): Seat {
    const { bus, completer, received, consumer, settle, onClaimed } = this.#options;
    if (role !== this.#options.role) {
      const detail = `This is the sidecar of role '${this.#options.role}', not of '${role}'. Register as that role, or with the other's sidecar.`;
      throw new ExoError("NOT_ALLOWED", detail, { facts: { role } });
    }
    if (!consumer.claim("websocket")) {
      const detail = `The app of this sidecar takes its deliveries by ${consumer.kind}, and has one kind of consumer. Send over HTTP, or start the sidecar anew.`;
      throw new ExoError("NOT_ALLOWED", detail);
    }
    this.#sockets.push(socket);
    onClaimed();
    return {
      bus,
      completer,
      received,
      settle,
      windowChanged: () => this.windowChanged(),
      leave: () => {
        this.#sockets.splice(this.#sockets.indexOf(socket), 1);
        this.windowChanged();
      },
    };
  }

  /** Gives a message to the app, or back if there is none. */
  deliver(incoming: Incoming): void {
    const socket = this.#sockets.at(-1);
    if (socket) socket.deliver(incoming);
    else this.#options.settle(incoming, "returned");
  }

  windowChanged(): void {
    this.#options.onWindow(this.#sockets.at(-1)?.window ?? 0);
  }
}
