import type { QuietSocket } from "./quiet-socket.ts";

/** What waits for a client that does not read, in bytes, before it is given no more: as for an instance of the broker. */
const maxWaitingBytes = 1024 * 1024;

/** What writing to a socket needs. */
export interface SocketOutputOptions {
  readonly socket: QuietSocket;
  /** Bytes that may wait for a client that does not read, before the connection ends. */
  readonly maxUnreadBytes: number;
  /** The client has begun, or ceased, not to read as fast as it is written to. */
  readonly slowChanged: () => void;
  /** More waits than may: so many bytes. */
  readonly overflowed: (bytes: number) => void;
}

/** Everything that is written to one socket, and whether its client reads it. */
export class SocketOutput {
  readonly #options: SocketOutputOptions;
  #isSlow = false;

  constructor(options: SocketOutputOptions) {
    this.#options = options;
  }

  /** Whether the client should be given no more. */
  get isSlow(): boolean {
    return this.#isSlow;
  }

  /** Bytes that wait for the client. */
  get waitingBytes(): number {
    return this.#options.socket.bufferedAmount;
  }

  /** Writes a text. `written` runs once the system has it, or the connection is gone. */
  send(text: string, written: (error?: Error | null) => void): void {
    const { socket, maxUnreadBytes, overflowed } = this.#options;
    socket.send(text, (error) => {
      written(error);
      if (this.#isSlow && this.waitingBytes < maxWaitingBytes / 2) this.#slow(false);
    });
    const { waitingBytes } = this;
    if (waitingBytes > maxUnreadBytes) overflowed(waitingBytes);
    else if (waitingBytes > maxWaitingBytes && !this.#isSlow) this.#slow(true);
  }

  #slow(isSlow: boolean): void {
    this.#isSlow = isSlow;
    this.#options.slowChanged();
  }
}
