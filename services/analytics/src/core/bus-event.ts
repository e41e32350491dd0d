/** What happened on the bus, as the dashboard keeps, sends and prints it: JSON all through. What is absent is empty or 0. */
export interface BusEvent {
  readonly kind: "published" | "refused" | "delivered" | "retried" | "ended" | "attached" | "detached";
  /** Milliseconds since 1970, with fractions. */
  readonly at: number;
  /** The broker's number of the message. */
  readonly message?: number;
  readonly activity?: string;
  /** The role that did it, or that it was done to. */
  readonly role: string;
  readonly instance?: string;
  /** That role's name for the message. */
  readonly name?: string;
  /** The application's name for it. */
  readonly publicName?: string;
  /** The role that sent it; absent where the bus itself did. */
  readonly sender?: string;
  readonly attempt?: number;
  /** A reason in lower case, or how else it ended. */
  readonly outcome?: string;
  readonly detail?: string;
  readonly id?: string;
  readonly responseTo?: string;
  readonly bytes?: number;
  /** JSON text, redacted, maybe cut off. */
  readonly payload?: string;
  readonly auth?: string;
  /** Bytes of the whole payload. */
  readonly payloadBytes?: number;
  readonly isRequest?: boolean;
  readonly isReply?: boolean;
  readonly waitedMs?: number;
  readonly handledMs?: number;
  readonly receivers?: readonly string[];
}
