/** What an edge knows of every client that is connected to it. */
export interface ConnectedClient {
  /** Bytes that wait for it, as it does not read fast enough. */
  readonly waitingBytes: number;
}

/** The clients that are connected to an edge, each as long as it is. */
export class ConnectedClients<Client extends ConnectedClient> implements Iterable<Client> {
  readonly #clients = new Set<Client>();
  #look: (() => void) | undefined;

  /** How many there are. */
  get size(): number {
    return this.#clients.size;
  }

  /** Bytes that wait for all of them. */
  get waitingBytes(): number {
    let sum = 0;
    for (const client of this.#clients) sum += client.waitingBytes;
    return sum;
  }

  /** Those of now: they may be ended, and so leave, while they are gone through. */
  [Symbol.iterator](): Iterator<Client> {
    return [...this.#clients].values();
  }

  add(client: Client): void {
    this.#clients.add(client);
  }

  delete(client: Client): void {
    this.#clients.delete(client);
    this.progressed();
  }

  /** Something has changed at one of them: whoever waits for it looks again. */
  progressed(): void {
    this.#look?.();
  }

  /** Resolves once it is so with all of them, or `deadline` fires. One at a time may wait. */
  async until(isSo: (client: Client) => boolean, deadline: AbortSignal): Promise<void> {
    const areAllSo = () => [...this.#clients].every(isSo);
    if (areAllSo() || deadline.aborted) return;
    await new Promise<void>((resolve) => {
      this.#look = () => areAllSo() && resolve();
      deadline.addEventListener("abort", () => resolve(), { once: true });
    });
    this.#look = undefined;
  }
}
