import type { WebSocket } from "ws";
import type { Desk } from "../core/desk.ts";
import { Unread } from "../core/unread.ts";

/** What writing to a socket needs. */
export interface SocketOutputOptions {
  readonly socket: WebSocket;
  readonly desk: Pick<Desk, "answers" | "feedLimits" | "maxPayloadBytes">;
  readonly address: string;
  /** There is room for more. */
  readonly drained: () => void;
  /** The client does not read its answers. */
  readonly tooSlow: () => void;
}

/** Everything that is written to one socket, and what of it waits for the client. */
export class SocketOutput {
  readonly #options: SocketOutputOptions;
  readonly #unread: Unread;

  constructor(options: SocketOutputOptions) {
    this.#options = options;
    this.#unread = new Unread(options.desk.answers, options.address);
  }

  /** Bytes that wait for the client. */
  get waitingBytes(): number {
    return this.#options.socket.bufferedAmount;
  }

  /** Writes a frame of the session's window: its feed sees to it that not too many wait. */
  push(frame: string): void {
    this.#options.socket.send(frame, this.#written);
  }

  /** Writes an answer, whether or not the client reads. */
  tell(frame: string): void {
    const { socket, desk, tooSlow } = this.#options;
    socket.send(frame, this.#written);
    if (!this.#countUnread() || this.waitingBytes > desk.feedLimits.maxBacklogBytes + desk.maxPayloadBytes) tooSlow();
  }

  /** The connection is gone, and nothing waits any more. */
  close(): void {
    this.#unread.set(0);
  }

  readonly #written = () => {
    this.#countUnread();
    if (this.waitingBytes < this.#options.desk.feedLimits.maxWaitingBytes / 2) this.#options.drained();
  };

  /** Whether there is room for what waits for the client. Little of it is not counted: every client has some at times. */
  #countUnread(): boolean {
    const bytes = this.waitingBytes;
    return this.#unread.set(bytes > this.#options.desk.feedLimits.maxWaitingBytes ? bytes : 0);
  }
}
