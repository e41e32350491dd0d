/** Where a message stands in a trace, as W3C Trace Context has it. Empty: in none. */
export interface TraceContext {
  readonly traceparent: string;
  readonly tracestate: string;
}

/** What a span tells of its message. */
export interface TracedMessage {
  /** Who sends or processes it. */
  readonly role: string;
  /** The role's own name for it. */
  readonly name: string;
  readonly id: string;
  readonly activityId: string;
  /** Size of its payload. */
  readonly bytes: number;
  /** 1, 2, …; of a message that is sent, 0. */
  readonly attempt: number;
}

/** A span that has begun. */
export interface MessageSpan {
  /** What the message carries from here on: whatever follows from it belongs below this span. */
  readonly context: TraceContext;
  /** A message that stands here in a trace is the answer to it. */
  answeredBy(context: TraceContext): void;
  /** It is over: well, or with a word for what went wrong and what to tell people. Only the first call counts. */
  end(failure?: string, detail?: string): void;
}

/** Makes the spans of messages. What it returns undefined for has none, and carries its context on untouched. */
export interface MessageTracer {
  /** A message is sent. */
  sends(message: TracedMessage, parent: TraceContext): MessageSpan | undefined;
  /** A message is given to its app. */
  processes(message: TracedMessage, parent: TraceContext): MessageSpan | undefined;
}
