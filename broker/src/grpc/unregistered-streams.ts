import { ExoError } from "@exosphere/proto";
import type { Clock } from "../core/clock.ts";

/** How long a stream may be open without having registered, in milliseconds: a round trip around the world takes a quarter of it. */
export const registrationMs = 2_000;

/**
 * Streams that may be open without having registered. An instance with the right token registers with its first frame, which comes with
 * the stream itself; 256 such streams that really are on their way are a fleet that starts at once.
 */
export const maxUnregistered = 256;

/** A stream that has not registered. */
interface Unregistered {
  end(error: ExoError): void;
}

/**
 * Streams that have not registered. They do not count as instances, so that somebody without a token cannot take the places of those
 * who have one; if there are too many, the oldest of them ends, as it is the least likely to register still.
 */
export class UnregisteredStreams {
  readonly #clock: Clock;
  /** With what calls off the end of each, oldest first. */
  readonly #open = new Map<Unregistered, () => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many there are. */
  get size(): number {
    return this.#open.size;
  }

  /** A stream was opened. */
  add(stream: Unregistered): void {
    const [oldest] = this.#open.size >= maxUnregistered ? this.#open.keys() : [];
    oldest?.end(new ExoError("RATE_LIMITED", "Too many streams are open here that have not registered.", options));
    const detail = `No registration came on this stream within ${registrationMs / 1000} s: it belongs into the first frame.`;
    const overdue = this.#clock.after(registrationMs, () => stream.end(new ExoError("INVALID_MESSAGE", detail)));
    this.#open.set(stream, overdue);
  }

  /** A stream has registered, or ended. */
  delete(stream: Unregistered): void {
    this.#open.get(stream)?.();
    this.#open.delete(stream);
  }
}

const options = { retryAfterMs: 1000, facts: { limit: maxUnregistered } };
