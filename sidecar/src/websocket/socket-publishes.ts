import type { Draft, Members } from "@exosphere/message";
import { ExoError } from "@exosphere/proto";
import { subjectOf } from "../core/app-frame.ts";
import type { Seat } from "../core/seat.ts";
import type { SocketObserver } from "./socket-observer.ts";
import type { RefusedMessage, SocketRefusals } from "./socket-refusals.ts";
import { Unconfirmed } from "./unconfirmed.ts";

/** What sending by a socket needs. */
export interface SocketPublishesOptions {
  readonly socket: ConstructorParameters<typeof Unconfirmed>[0];
  readonly maxPayloadBytes: number;
  readonly observer: SocketObserver;
  readonly refusals: SocketRefusals;
  /** Something that was under way has ended. */
  readonly progressed: () => void;
}

/** The messages that the client of one socket sends. */
export class SocketPublishes {
  readonly #options: SocketPublishesOptions;
  readonly #unconfirmed: Unconfirmed;

  constructor(options: SocketPublishesOptions) {
    this.#options = options;
    this.#unconfirmed = new Unconfirmed(options.socket);
  }

  /** Gives a message to the bus, and refuses what that does not take. `members`: the frame that it came in. */
  publish(draft: Draft, members: Members, role: string, seat: Seat): void {
    const { maxPayloadBytes, observer, progressed } = this.#options;
    const bytes = draft.payload.byteLength;
    if (bytes > maxPayloadBytes) {
      const detail = `The payload has ${bytes} bytes; at most ${maxPayloadBytes} are taken: send less, or raise --max-payload.`;
      const error = new ExoError("PAYLOAD_TOO_LARGE", detail, { facts: { limit: maxPayloadBytes } });
      return this.refuse(role, draft.name, error, subjectOf(members));
    }
    const message = seat.completer.complete(draft);
    this.#unconfirmed.add(bytes);
    seat.bus.send(message, (error) => {
      this.#unconfirmed.remove(bytes);
      if (error) this.refuse(role, draft.name, error, message);
      else observer.sent(role, draft.name, undefined);
      progressed();
    });
  }

  /** Refuses a message, and counts it. */
  refuse(role: string, name: string, error: Error, { id, activityId }: RefusedMessage): void {
    const { observer, refusals } = this.#options;
    observer.sent(role, name, error);
    refusals.refuse(ExoError.from(error), { name, id, activityId });
  }
}
