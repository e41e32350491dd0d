import type { Publish } from "@exosphere/proto";
import type { OutboxQueue } from "./outbox-queue.ts";

/** A message that the broker has not confirmed yet. */
export interface OutboxEntry {
  readonly name: string;
  readonly publish: Publish;
  readonly bytes: number;
  /** Until when its sender waits, in milliseconds of the clock. */
  readonly dueMs: number;
  /** Until when it is of use, in milliseconds of the clock. */
  readonly expiresMs: number;
  /** Is called once with what became of it, so that one function can serve many entries. */
  readonly accepted: (error: Error | undefined, entry: OutboxEntry) => void;
  /** Where it is on its way to. */
  queue: OutboxQueue<OutboxEntry>;
  /** Its place in the order of publishes, once it was put into a frame. 0: it waits. */
  sequence: number;
}
