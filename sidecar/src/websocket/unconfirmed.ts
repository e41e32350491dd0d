/** Messages of a client that the bus has not confirmed, before no more of it is read. A tenth of what the outbox takes. */
const maxMessages = 1_000;
/** Bytes of the payloads of those messages, before no more is read. */
const maxBytes = 1024 * 1024;

/** What can be read no further for a while. */
interface Readable {
  readonly isPaused: boolean;
  pause(): void;
  resume(): void;
}

/** Reads no more of a client that sends faster than the bus takes it. */
export class Unconfirmed {
  readonly #socket: Readable;
  #messages = 0;
  #bytes = 0;

  constructor(socket: Readable) {
    this.#socket = socket;
  }

  /** A message was given to the bus, which has not confirmed it. */
  add(bytes: number): void {
    this.#change(1, bytes);
  }

  /** The bus has confirmed a message, or refused it. */
  remove(bytes: number): void {
    this.#change(-1, -bytes);
  }

  #change(messages: number, bytes: number): void {
    this.#messages += messages;
    this.#bytes += bytes;
    const isMuch = this.#messages >= maxMessages || this.#bytes >= maxBytes;
    if (isMuch && !this.#socket.isPaused) this.#socket.pause();
    else if (!isMuch && this.#socket.isPaused) this.#socket.resume();
  }
}
