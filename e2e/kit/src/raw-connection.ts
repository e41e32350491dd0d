import { connect, type Socket } from "node:net";

/** A TCP connection, and everything that came back over it. Nothing here knows HTTP but how an answer begins. */
export class RawConnection {
  readonly #socket: Socket;
  #received = "";
  isClosed = false;

  constructor(port: number) {
    this.#socket = connect(port, "127.0.0.1");
    this.#socket.on("data", (chunk: Buffer) => {
      this.#received += chunk.toString("latin1");
    });
    this.#socket.on("error", () => {});
    this.#socket.on("close", () => {
      this.isClosed = true;
    });
  }

  /** Everything that came, a character for each byte. */
  get text(): string {
    return this.#received;
  }

  /** The status of each answer, but for those that announce another. */
  get statuses(): number[] {
    const found = [...this.#received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
    return found.filter((status) => status >= 200);
  }

  write(bytes: Buffer): void {
    if (!this.#socket.destroyed) this.#socket.write(bytes);
  }

  /** Sends no more, but still reads. */
  end(): void {
    this.#socket.end();
  }

  async stop(): Promise<void> {
    this.#socket.destroy();
  }
}
