import { WebSocket } from "ws";
import type { FairStage } from "./fair-stage.ts";

/** Clients that mean well, each at an address of its own. */
const clientCount = 20;
/** A request and a push every so often, of all of them together, in milliseconds. */
const everyMs = 10;
/** What takes longer has not got through, in milliseconds. */
const patienceMs = 3_000;

/** Latencies and failures of the well-behaved clients. */
export interface Measured {
  /** Of what got through, from the moment at which it should have been sent, in milliseconds. */
  readonly latencies: readonly number[];
  readonly failed: number;
}

/** Clients that mean well: a request every 10 ms, and a message that is pushed back, in turns. */
export class Others {
  readonly #sockets: readonly WebSocket[];
  readonly #sentAt = new Map<number, number>();
  #count = 0;
  #latencies: number[] = [];

  private constructor(sockets: readonly WebSocket[]) {
    this.#sockets = sockets;
    for (const socket of sockets) socket.on("message", (data) => this.#received(String(data)));
  }

  static async connect({ targets: { gatewayPort } }: FairStage): Promise<Others> {
    const addresses = Array.from({ length: clientCount }, (_, index) => `127.0.1.${index + 1}`);
    return new Others(await Promise.all(addresses.map((address) => open(gatewayPort, address))));
  }

  /** Measures for `ms` milliseconds. */
  async measure(windowMs: number): Promise<Measured> {
    this.#latencies = [];
    this.#sentAt.clear();
    const startedMs = performance.now();
    let sent = 0;
    for (; sent * everyMs < windowMs; sent += 1) {
      const dueMs = startedMs + sent * everyMs;
      const aheadMs = dueMs - performance.now();
      if (aheadMs > 0) await new Promise((resolve) => setTimeout(resolve, aheadMs));
      this.#send(dueMs);
    }
    const endMs = performance.now() + patienceMs;
    while (this.#sentAt.size > 0 && performance.now() < endMs) await new Promise((resolve) => setTimeout(resolve, 10));
    return { latencies: this.#latencies, failed: sent - this.#latencies.length };
  }

  close(): void {
    for (const socket of this.#sockets) socket.terminate();
  }

  #send(dueMs: number): void {
    const number = ++this.#count;
    this.#sentAt.set(number, dueMs);
    const socket = this.#sockets[number % clientCount] as WebSocket;
    const isPush = number % 2 === 0;
    socket.send(
      JSON.stringify(
        isPush
          ? { name: "tell", payload: number }
          : { name: "ask", payload: number, request: true, ref: number, deadline: `${patienceMs}ms` },
      ),
    );
  }

  #received(text: string): void {
    const { type, name, payload, message } = JSON.parse(text);
    const number: unknown = type === "reply" ? message.payload : name === "news" ? payload : undefined;
    const sentMs = typeof number === "number" ? this.#sentAt.get(number) : undefined;
    if (sentMs === undefined) return;
    this.#sentAt.delete(number as number);
    this.#latencies.push(performance.now() - sentMs);
  }
}

function open(port: number, localAddress: string): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/socket`, { perMessageDeflate: false, localAddress });
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.once("open", () => socket.send('{"type":"connect"}'));
    socket.once("message", () => resolve(socket));
  });
}
