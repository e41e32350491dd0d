import type { Accepted, Answered, Clock, Incoming, Link, Outgoing } from "@exosphere/link";
import { ExoError } from "@exosphere/proto";
import { failedCall, refusedCall } from "./failed-call.ts";
import { type Message, messageOf } from "./message.ts";
import { noOptions, type Origin, outgoingMessage, type SendOptions } from "./outgoing-message.ts";
import { type AnyRequestManyOptions, checkRequestMany, deadlineOfMany, requestMany } from "./request-many.ts";

/** What can be said of a request beside its name and payload. `signal` abandons it, `deadlineMs` defaults to 10 s. */
export type RequestOptions = SendOptions;

/** What the bus has accepted. */
export interface Sent {
  readonly id: string;
  readonly activityId: string;
}

/** How long a request waits for its reply if its caller does not say, in milliseconds: as at the sidecar's JSON edge. */
const requestDeadlineMs = 10_000;

/** The link's callbacks as promises: where all messages of an app go out. */
export class Caller {
  readonly #link: Link;
  readonly #maxPayloadBytes: number;
  readonly #clock: Clock;

  constructor(link: Link, maxPayloadBytes: number, clock: Clock) {
    this.#link = link;
    this.#clock = clock;
    this.#maxPayloadBytes = maxPayloadBytes;
  }

  /**
   * Sends a message. Resolves once the bus has accepted it. `started` is called once it is one and about to leave, and what that
   * returns hears as well what becomes of it.
   */
  send(
    name: string,
    payload: unknown,
    options: SendOptions = noOptions,
    origin?: Origin,
    started?: () => Accepted,
  ): Promise<Sent> {
    return new Promise<Sent>((resolve, reject) => {
      // What else is wrong with the options is said when the message is composed.
      const { signal } = options ?? noOptions;
      throwIfAborted(signal);
      const message = this.compose(name, payload, options, origin);
      const told = started?.();
      const accepted: Accepted = (error) => {
        told?.(error);
        if (error) resolve(failed(ExoError.from(error), message));
        else resolve({ id: message.id, activityId: message.activityId });
      };
      if (signal) this.#sendUntil(signal, message, accepted, reject);
      else this.#link.send(message, accepted);
    });
  }

  /** Sends a message and waits for the reply. `handling` is the delivery whose handler waits. */
  request(
    name: string,
    payload: unknown,
    options: RequestOptions = noOptions,
    origin?: Origin,
    handling?: Incoming,
  ): Promise<Message> {
    return new Promise<Message>((resolve, reject) => {
      // What else is wrong with the options is said when the message is composed.
      const { signal } = options ?? noOptions;
      throwIfAborted(signal);
      const message = this.compose(name, payload, options, origin, requestDeadlineMs, handling);
      const answered: Answered = (error, reply) => {
        try {
          if (reply) resolve(messageOf(reply));
          else resolve(failed(ExoError.from(error), message));
        } catch (malformed) {
          resolve(failed(malformed, message));
        }
      };
      if (signal) this.#requestUntil(signal, message, answered, reject);
      else this.#link.request(message, answered);
    });
  }

  /** Sends a message and gives its replies as they come. Throws a TypeError if the options are wrong. */
  requestMany(
    name: string,
    payload: unknown,
    options: AnyRequestManyOptions = noOptions,
    origin?: Origin,
    handling?: Incoming,
  ): AsyncGenerator<Message, void, undefined> {
    checkRequestMany(options);
    const deadlineMs = deadlineOfMany(options, requestDeadlineMs);
    const message = this.compose(name, payload, { ...options, deadlineMs }, origin, 0, handling);
    return requestMany(this.#link, this.#clock, message, options);
  }

  /** A message of the app, complete. Throws INVALID_MESSAGE or PAYLOAD_TOO_LARGE. */
  compose(
    name: string,
    payload: unknown,
    options: SendOptions,
    origin?: Origin,
    defaultDeadlineMs = 0,
    handling?: Incoming,
  ): Outgoing {
    const framing = { defaultDeadlineMs, maxPayloadBytes: this.#maxPayloadBytes, handling };
    try {
      return outgoingMessage(name, payload, options, framing, origin);
    } catch (error) {
      throw refusedCall(error, name);
    }
  }

  #sendUntil(signal: AbortSignal, message: Outgoing, accepted: Accepted, reject: (reason: unknown) => void): void {
    let entry: ReturnType<Link["send"]>;
    const aborted = () => {
      reject(signal.reason);
      if (entry) this.#link.withdraw(entry);
    };
    signal.addEventListener("abort", aborted, { once: true });
    entry = this.#link.send(message, (error) => {
      signal.removeEventListener("abort", aborted);
      accepted(error);
    });
  }

  #requestUntil(signal: AbortSignal, message: Outgoing, answered: Answered, reject: (reason: unknown) => void): void {
    let number = 0;
    const aborted = () => {
      this.#link.abandon(number);
      reject(signal.reason);
    };
    signal.addEventListener("abort", aborted, { once: true });
    number = this.#link.request(message, (error, reply) => {
      signal.removeEventListener("abort", aborted);
      answered(error, reply);
    });
  }
}

/**
 * What the promise of a call that has failed becomes. Made only then, as a promise more for each call would cost all those that go
 * well. The first step lets the promise of the call be chained behind the second, which makes the error: V8 finds who awaits it there.
 */
function failed(error: unknown, message: Outgoing): Promise<never> {
  const rethrow = (thrown: unknown): never => {
    throw thrown;
  };
  return Promise.reject(error)
    .catch(rethrow)
    .catch((thrown: unknown) => rethrow(failedCall(thrown, message)));
}

/** Throws the signal's reason if it has fired, or INVALID_MESSAGE if it is none. */
function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal !== undefined && !(signal instanceof AbortSignal))
    throw new ExoError("INVALID_MESSAGE", "The option 'signal' must be an AbortSignal.");
  signal?.throwIfAborted();
}
