/** Where a reply goes: copied from the delivery that it answers. */
export interface ReturnPath {
  readonly replyInstance: number;
  readonly replyRequest: number;
  readonly epoch: string;
}

/** What two apps say to each other. */
export interface Envelope {
  readonly payload: Uint8Array;
  readonly auth: Uint8Array;
  readonly traceparent: string;
  readonly tracestate: string;
}
