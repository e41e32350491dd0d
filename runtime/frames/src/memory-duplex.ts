import { EventEmitter } from "node:events";
import type { FrameDuplex } from "./frame-duplex.ts";

class MemoryEnd<In, Out> extends EventEmitter implements FrameDuplex<In, Out> {
  peer: MemoryEnd<Out, In> | undefined;
  #isReading = true;
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
    process.nextTick(() => peer?.emit("end"));
  }

  /** Breaks the connection on both sides at once, as a lost network does. */
  break(): void {
    for (const side of [this.peer, this]) {
      if (!side) continue;
      side.peer = undefined;
      side.emit("close");
    }
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
