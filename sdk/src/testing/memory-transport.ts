import type { MemoryDialled } from "@exosphere/broker/embedded";
import type { Transport } from "../client/transport.ts";
import type { Motion } from "./bus-clock.ts";
import { machineTimers } from "./machine-timers.ts";

/** Turns of the event loop without a frame after which nothing is under way: promises of handlers have had their say by then. */
const quietTurns = 3;

/** Turns after which services that keep each other busy for ever are given up on. */
const mostTurns = 20_000;

const turn = () => new Promise<void>((resolve) => machineTimers.setImmediate(resolve));

/** Connections in memory, which count what goes over them. */
export class MemoryTransport implements Motion {
  /**
   * When frames leave: in the next turn of the event loop, none of them later by a timer. Within the same turn, services that
   * send to each other without an end would keep everything else from ever running, the test's time-out included.
   */
  readonly schedule = Object.assign(
    (flush: () => void) => {
      this.moved();
      machineTimers.setImmediate(flush);
    },
    { isPrompt: true },
  );
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** Something moved that is not a frame. */
  moved(): void {
    this.#count += 1;
  }

  async settled(): Promise<void> {
    let quiet = 0;
    let { count } = this;
    for (let turns = 0; quiet < quietTurns; turns += 1) {
      if (turns === mostTurns)
        throw new Error("The bus does not come to rest: its services send to each other without an end.");
      await turn();
      quiet = this.count === count ? quiet + 1 : 0;
      count = this.count;
    }
  }

  /** Counts what goes over the connections that are made by `connect`. */
  dial(connect: () => MemoryDialled): Transport["dial"] {
    return () => {
      const dialled = connect();
      const { duplex } = dialled;
      const write = duplex.write.bind(duplex);
      duplex.on("data", () => this.moved());
      duplex.write = (frame) => {
        this.moved();
        return write(frame);
      };
      return dialled;
    };
  }
}
