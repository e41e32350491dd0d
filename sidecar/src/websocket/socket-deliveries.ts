import type { Incoming } from "../core/bus.ts";
import type { Received } from "../core/received.ts";
import type { Seat, SocketEnding, SocketObserver } from "./seat.ts";

/** A message that a socket was given, until it is settled. */
interface Outstanding {
  readonly incoming: Incoming;
  readonly received: Received;
  readonly startedMs: number;
  /** The socket has taken its bytes: the app may have seen it. */
  isWritten: boolean;
}

/** What a socket was given and has not settled. Bounded by the window that the bus keeps to. */
export class SocketDeliveries {
  readonly #seat: Seat;
  readonly #observer: SocketObserver;
  readonly #outstanding = new Set<Outstanding>();
  /** By the id of the message, oldest first: ids are the apps' own, two messages may have the same. */
  readonly #byId = new Map<string, Outstanding[]>();
  readonly #settlesItself: boolean;

  constructor(seat: Seat, observer: SocketObserver, settlesItself: boolean) {
    this.#seat = seat;
    this.#observer = observer;
    this.#settlesItself = settlesItself;
  }

  get isEmpty(): boolean {
    return this.#outstanding.size === 0;
  }

  /** The socket is given a message. The result says whether it took the bytes. */
  add(incoming: Incoming): (error: Error | null | undefined) => void {
    const received = this.#seat.received.add(incoming);
    const outstanding = { incoming, received, startedMs: performance.now(), isWritten: false };
    this.#outstanding.add(outstanding);
    if (this.#settlesItself) this.#remember(outstanding);
    return (error) => {
      // Not all of its bytes left this process: no app has seen the message.
      if (error) return this.#settle(outstanding, "returned");
      outstanding.isWritten = true;
      if (!this.#settlesItself) this.#settle(outstanding, "done");
    };
  }

  /** The app settles a message. False if it has none of this id. */
  settle(id: string, ending: SocketEnding): boolean {
    const [oldest] = this.#byId.get(id) ?? [];
    if (!oldest) return false;
    this.#settle(oldest, ending);
    return true;
  }

  /** The socket is gone: what the app cannot have seen goes elsewhere. */
  giveUp(): void {
    for (const outstanding of this.#outstanding) {
      if (outstanding.isWritten) this.#settle(outstanding, "failed", "The app left before it settled the message.");
      else this.#settle(outstanding, "returned");
    }
  }

  #settle(outstanding: Outstanding, ending: SocketEnding, detail?: string): void {
    if (!this.#outstanding.delete(outstanding)) return;
    const { incoming, received, startedMs } = outstanding;
    if (this.#settlesItself) this.#forget(outstanding);
    this.#seat.received.handled(received);
    if (ending !== "returned") this.#observer.handled(incoming.name, ending, (performance.now() - startedMs) / 1000);
    this.#seat.settle(incoming, ending, detail);
  }

  #remember(outstanding: Outstanding): void {
    const same = this.#byId.get(outstanding.incoming.id);
    if (same) same.push(outstanding);
    else this.#byId.set(outstanding.incoming.id, [outstanding]);
  }

  #forget(outstanding: Outstanding): void {
    const { id } = outstanding.incoming;
    const others = this.#byId.get(id)?.filter((each) => each !== outstanding) ?? [];
    if (others.length > 0) this.#byId.set(id, others);
    else this.#byId.delete(id);
  }
}
