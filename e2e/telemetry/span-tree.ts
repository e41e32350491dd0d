import { randomBytes } from "node:crypto";
import type { ReceivedSpan } from "@exosphere/testkit/otlp-decoding";

/** A span and those below it, in the order in which they began. */
export interface SpanTree {
  readonly span: string;
  readonly below: readonly SpanTree[];
}

/** A place in a trace of its own, as a caller that is traced itself says it. */
export function startOfTrace() {
  const [traceId, spanId] = [randomBytes(16).toString("hex"), randomBytes(8).toString("hex")];
  return { traceId, spanId, headers: { traceparent: `00-${traceId}-${spanId}-01`, tracestate: "vendor=1" } };
}

/** The spans below one, or below none. */
export function treeOf(spans: readonly ReceivedSpan[], parentSpanId: string): SpanTree[] {
  const children = spans.filter((span) => span.parentSpanId === parentSpanId);
  return children.map((span) => ({ span: labelOf(span), below: treeOf(spans, span.spanId) }));
}

/** From the first span of a trace to the one of this name. */
export function pathOf(spans: readonly ReceivedSpan[], name: string): string[] {
  const path: string[] = [];
  let span = spans.find((each) => each.name === name);
  while (span) {
    path.unshift(labelOf(span));
    const { parentSpanId } = span;
    span = spans.find(({ spanId }) => spanId === parentSpanId);
  }
  return path;
}

function labelOf({ service, name, kind }: ReceivedSpan): string {
  return `${service}: ${name} (${kind})`;
}
