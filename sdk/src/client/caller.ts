import { ExoError } from "@exosphere/proto";
import type { Link } from "../link/link.ts";
import type { Outgoing } from "../link/outgoing.ts";
import { type Message, messageOf } from "./message.ts";
import { type Origin, outgoingMessage, type SendOptions } from "./outgoing-message.ts";

/** What can be said of a request beside its name and payload. `signal` abandons it, `deadlineMs` defaults to 10 s. */
export type RequestOptions = SendOptions;

/** What the bus has accepted. */
export interface Sent {
  readonly id: string;
  readonly activityId: string;
}

/** How long a request waits for its reply if its caller does not say, in milliseconds. CONTRACTS section 5. */
const requestDeadlineMs = 10_000;

/** The link's callbacks as promises: where all messages of an app go out. */
export class Caller {
  readonly #link: Link;
  readonly #maxPayloadBytes: number;

  constructor(link: Link, maxPayloadBytes: number) {
    this.#link = link;
    this.#maxPayloadBytes = maxPayloadBytes;
  }

  /** Sends a message. Resolves once the bus has accepted it. */
  send(name: string, payload: unknown, options: SendOptions = {}, origin?: Origin): Promise<Sent> {
    const { signal } = options;
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const aborted = () => reject(signal?.reason as Error);
      const message = this.compose(name, payload, options, origin);
      signal?.addEventListener("abort", aborted, { once: true });
      this.#link.send(message, (error) => {
        signal?.removeEventListener("abort", aborted);
        if (error) reject(ExoError.from(error));
        else resolve({ id: message.id, activityId: message.activityId });
      });
    });
  }

  /** Sends a message and waits for the reply. `cause` is the delivery whose handler waits. */
  request(
    name: string,
    payload: unknown,
    options: RequestOptions = {},
    origin?: Origin,
    cause?: number,
  ): Promise<Message> {
    const { signal } = options;
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const message = { ...this.compose(name, payload, options, origin, requestDeadlineMs), cause };
      let number = 0;
      const abandon = () => this.#link.abandon(number);
      function aborted(this: AbortSignal) {
        abandon();
        reject(this.reason as Error);
      }
      signal?.addEventListener("abort", aborted, { once: true });
      number = this.#link.request(message, (error, reply) => {
        signal?.removeEventListener("abort", aborted);
        try {
          if (reply) resolve(messageOf(reply));
          else reject(ExoError.from(error));
        } catch (malformed) {
          reject(malformed);
        }
      });
    });
  }

  /** A message of the app, complete. Throws INVALID_MESSAGE or PAYLOAD_TOO_LARGE. */
  compose(name: string, payload: unknown, options: SendOptions, origin?: Origin, defaultDeadlineMs = 0): Outgoing {
    return outgoingMessage(
      name,
      payload,
      options,
      { defaultDeadlineMs, maxPayloadBytes: this.#maxPayloadBytes },
      origin,
    );
  }
}
