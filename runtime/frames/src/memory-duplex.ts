import { EventEmitter } from "node:events";
import type { FrameDuplex } from "./frame-duplex.ts";

class MemoryEnd<In, Out> extends EventEmitter implements FrameDuplex<In, Out> {
  peer: MemoryEnd<Out, In> | undefined;
  #isReading = true;
  #hasEnded = false;
  #received: In[] = [];

  write(frame: Out): boolean {
    const { peer } = this;
    if (!peer) return false;
    peer.#received.push(frame);
    process.nextTick(() => peer.#deliver());
    return peer.#isReading;
  }

  end(): void {
    const { peer } = this;
    if (!peer) return;
    peer.#hasEnded = true;
    process.nextTick(() => peer.#deliver());
  }

  /** Breaks the connection on both sides at once, as a lost network does. */
  break(): void {
    const { peer } = this;
    if (!peer) return;
    for (const side of [peer, this]) {
      side.peer = undefined;
      side.#received = [];
      side.#hasEnded = false;
    }
    for (const side of [peer, this]) side.emit("close");
  }

  /** Stops or resumes reading, so that the peer meets back pressure. */
  setReading(isReading: boolean): void {
    this.#isReading = isReading;
    if (!isReading) return;
    this.#deliver();
    this.peer?.emit("drain");
  }

  #deliver(): void {
    while (this.#isReading && this.#received.length > 0) this.emit("data", this.#received.shift());
    if (!this.#hasEnded || this.#received.length > 0) return;
    this.#hasEnded = false;
    this.emit("end");
  }
}

/** Two ends of a connection in memory: what one writes, the other reads a tick later. For tests and for one process. */
export function memoryDuplexPair<ToLeft, ToRight>(): {
  left: MemoryEnd<ToLeft, ToRight>;
  right: MemoryEnd<ToRight, ToLeft>;
} {
  const left = new MemoryEnd<ToLeft, ToRight>();
  const right = new MemoryEnd<ToRight, ToLeft>();
  left.peer = right;
  right.peer = left;
  return { left, right };
}
