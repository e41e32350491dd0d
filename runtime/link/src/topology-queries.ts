import type { Topology } from "@exosphere/proto";

/** Those who wait for the topology on one stream. */
export class TopologyQueries {
  #waiters: ((topology: Topology | undefined) => void)[] = [];

  /** The next answer, or undefined if the stream ends before. */
  next(): Promise<Topology | undefined> {
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  /** The broker has answered, or its stream is over: one answer is for all who have asked by then. */
  answer(topology: Topology | undefined): void {
    for (const waiter of this.#waiters.splice(0)) waiter(topology);
  }
}
