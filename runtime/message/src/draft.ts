/** What an app said of a message that it sends; the rest is filled in. */
export interface Draft {
  readonly name: string;
  /** JSON text, checked. Empty: none. */
  readonly payload: Uint8Array;
  readonly id?: string | undefined;
  readonly activityId?: string | undefined;
  readonly responseTo?: string | undefined;
  /** JSON text, checked. */
  readonly auth?: Uint8Array | undefined;
  readonly traceparent?: string | undefined;
  readonly tracestate?: string | undefined;
  readonly deadlineMs?: number | undefined;
}
