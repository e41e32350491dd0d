import type { TraceContext } from "@exosphere/frames";

/** A `traceparent` in its parts: W3C Trace Context, section 3.2. */
export interface TraceParent {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  /** Whether whoever is at this place of the trace has recorded it. */
  readonly isSampled: boolean;
}

/** Later versions may have more behind the flags. */
const pattern = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const zeros = /^0+$/;

/** Reads a `traceparent`. Undefined if it is none, and the trace starts anew. */
export function parseTraceparent(traceparent: string): TraceParent | undefined {
  const [, version, traceId = "", spanId = "", flags = "", more] = pattern.exec(traceparent) ?? [];
  if (version === undefined || version === "ff" || (version === "00" && more !== undefined)) return undefined;
  if (zeros.test(traceId) || zeros.test(spanId)) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** A place in a trace as it travels. */
export function traceContext({ traceId, spanId, isSampled }: TraceParent, tracestate: string): TraceContext {
  return { traceparent: `00-${traceId}-${spanId}-${isSampled ? "01" : "00"}`, tracestate };
}
