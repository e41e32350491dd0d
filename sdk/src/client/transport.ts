import type { FlushSchedule } from "@exosphere/frames";
import type { Clock, Dial } from "@exosphere/link";

/**
 * How the bus is reached, and in whose time. Left out, that is gRPC and the machine's time; `@exosphere/sdk/testing` gives one
 * that leads to a bus in memory, with a clock that the test moves.
 */
export interface Transport {
  /** Opens a connection. It is given the address that the options say, or come to. */
  readonly dial: Dial;
  /** What deadlines and pauses are measured by. Default: the machine's time. */
  readonly clock?: Clock | undefined;
  /** When frames leave. Default: at the end of each tick, but for those that are in no hurry. */
  readonly schedule?: FlushSchedule | undefined;
  /** Hears of each message of a role that was not taken, beside whoever sent it. */
  readonly onRefused?: ((role: string, name: string, error: Error) => void) | undefined;
}
