import type { MessageSpan } from "@exosphere/frames";
import type { AskingHandler } from "./asking-handler.ts";
import type { Incoming } from "./incoming.ts";
import type { OutboxEntry } from "./outbox-entry.ts";

/**
 * Is called once: with the reply, or with why there is none. For a request with many replies with each of them, and with
 * neither after the last, unless that one says itself that it is (`!isMore`).
 */
export type Answered = (error: Error | undefined, reply: Incoming | undefined) => void;

/** What a request was sent by: its reply is expected there. */
export interface RequestCarrier {
  requestStarted(): void;
  requestEnded(): void;
}

/** A request that waits for its reply. */
export interface OpenRequest {
  readonly name: string;
  readonly id: string;
  readonly activityId: string;
  /** Until when its caller waits, in milliseconds of the clock. */
  readonly dueMs: number;
  readonly deadlineMs: number;
  readonly answered: Answered;
  /** Any number of replies are taken. */
  readonly many: boolean;
  /** Why a reply must not be made into text. Undefined where whoever asked parses it. */
  readonly textMistake: ((reply: Incoming) => string | undefined) | undefined;
  /** For as long as the request takes, if it is traced. */
  readonly span: MessageSpan | undefined;
  /** The handler that waits for the reply, if one does. */
  readonly handler: AskingHandler | undefined;
  /** Given by the mux. 0 before. */
  number: number;
  /** Undefined as long as it was sent by none. */
  carrier: RequestCarrier | undefined;
  /** What asks for it, until the bus has confirmed or refused that. */
  entry: OutboxEntry | undefined;
}
