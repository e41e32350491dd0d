import { ExoError } from "@exosphere/proto";
import type { Bus, Incoming } from "./core/bus.ts";
import type { Consumer, ConsumerKind } from "./core/consumer.ts";
import type { MessageCompleter } from "./core/outgoing-message.ts";
import type { ReceivedMessages } from "./core/received.ts";
import type { Ending, Seat, Seats, Taker } from "./core/seat.ts";

/** What the places of a sidecar's connections are made of. */
export interface SidecarSeatsOptions {
  readonly role: string;
  /** By what kind of connection the app takes its deliveries here. */
  readonly kind: ConsumerKind;
  /** Connections at once. */
  readonly max: number;
  readonly bus: Bus;
  readonly completer: MessageCompleter;
  readonly received: ReceivedMessages;
  readonly consumer: Consumer;
  readonly settle: (incoming: Incoming, ending: Ending, detail?: string) => void;
  /** How many unsettled deliveries the app takes from now on. */
  readonly onWindow: (window: number) => void;
}

/**
 * The connections of one kind that an app opens to its sidecar, which is one instance: all may send, the one that came last
 * takes the deliveries. So an app that connects again need not wait until its old connection is found to be dead.
 */
export class SidecarSeats implements Seats {
  readonly #options: SidecarSeatsOptions;
  readonly #takers: Taker[] = [];

  constructor(options: SidecarSeatsOptions) {
    this.#options = options;
  }

  /** Whether an app takes deliveries here. */
  get hasConsumer(): boolean {
    return this.#takers.length > 0;
  }

  take(role: string, taker: Taker): Seat {
    const { bus, completer, received, consumer, settle, kind, max } = this.#options;
    if (role !== this.#options.role) {
      const detail = `This is the sidecar of role '${this.#options.role}', not of '${role}'. Register as that role, or with the other's sidecar.`;
      throw new ExoError("NOT_ALLOWED", detail, { facts: { role } });
    }
    if (this.#takers.length >= max) {
      const detail = `As many connections of the kind '${kind}' are open as a sidecar has, ${max}: end one first, or start another sidecar for another instance.`;
      throw new ExoError("NOT_ALLOWED", detail, { facts: { limit: max } });
    }
    if (!consumer.claim(kind)) {
      const detail = `The app of this sidecar takes its deliveries by ${consumer.kind}, and has one kind of consumer. Send over HTTP, or start the sidecar anew.`;
      throw new ExoError("NOT_ALLOWED", detail);
    }
    this.#takers.push(taker);
    return {
      bus,
      completer,
      received,
      settle,
      windowChanged: () => this.windowChanged(),
      leave: () => {
        this.#takers.splice(this.#takers.indexOf(taker), 1);
        this.windowChanged();
        if (!this.hasConsumer) consumer.release(kind);
      },
    };
  }

  /** Gives a message to the app, or back if there is none. */
  deliver(incoming: Incoming): void {
    const taker = this.#takers.at(-1);
    if (taker) {
      this.#options.consumer.confirm();
      taker.deliver(incoming);
    } else this.#options.settle(incoming, "returned");
  }

  windowChanged(): void {
    this.#options.onWindow(this.#takers.at(-1)?.window ?? 0);
  }
}
