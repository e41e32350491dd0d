import type { MessageSpan, MessageTracer, TraceContext, TracedMessage } from "@exosphere/frames";
import {
  type Attributes,
  type Context,
  createTraceState,
  isSpanContextValid,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from "@opentelemetry/api";
import { parseTraceparent, traceContext } from "./trace-context.ts";
import { WallClock } from "./wall-clock.ts";

const clock = new WallClock();

/** Where a message stands, as OpenTelemetry takes it. */
interface Place {
  readonly context: Context;
  readonly span: SpanContext | undefined;
}

/**
 * The spans of messages, by OpenTelemetry's semantic conventions for messaging. A message whose sender has not recorded it has
 * none: the trace would be full of holes, and a span that nobody records costs half of one that somebody does.
 */
export class SpanMaker implements MessageTracer {
  readonly #tracer: Tracer;

  constructor(tracer: Tracer) {
    this.#tracer = tracer;
  }

  sends(message: TracedMessage, parent: TraceContext): MessageSpan | undefined {
    return this.#begin("send", message, parent);
  }

  processes(message: TracedMessage, parent: TraceContext): MessageSpan | undefined {
    return this.#begin("process", message, parent);
  }

  #begin(operation: "send" | "process", message: TracedMessage, parent: TraceContext): MessageSpan | undefined {
    const place = placeOf(parent);
    if (!place) return undefined;
    // The conventions want a consumer to be linked to what was sent, and allow for that to be the parent as well.
    const links: Link[] = operation === "process" && place.span ? [{ context: place.span }] : [];
    const kind = operation === "send" ? SpanKind.PRODUCER : SpanKind.CONSUMER;
    const options = { kind, links, startTime: clock.now() };
    const span = this.#tracer.startSpan(`${operation} ${message.name}`, options, place.context);
    // No sampler that the variables can name looks at attributes: most messages do without them.
    if (span.isRecording()) span.setAttributes(attributesOf(operation, message));
    return begun(span, parent, place);
  }
}

function attributesOf(operation: "send" | "process", message: TracedMessage): Attributes {
  const { role, name, id, activityId, bytes, attempt } = message;
  return {
    "messaging.system": "exocom",
    "messaging.operation.name": operation,
    "messaging.operation.type": operation,
    "messaging.destination.name": name,
    "messaging.message.id": id,
    "messaging.message.conversation_id": activityId,
    "messaging.message.body.size": bytes,
    "exosphere.role": role,
    ...(operation === "process" && { "messaging.consumer.group.name": role, "exosphere.attempt": attempt }),
  };
}

/** Where a message stands. Undefined if its sender has not recorded it. */
function placeOf(parent: TraceContext): Place | undefined {
  if (parent.traceparent === "") return { context: ROOT_CONTEXT, span: undefined };
  const found = spanContextOf(parent);
  if (!found) return { context: ROOT_CONTEXT, span: undefined };
  if (found.traceFlags === TraceFlags.NONE) return undefined;
  return { context: trace.setSpanContext(ROOT_CONTEXT, found), span: found };
}

function spanContextOf({ traceparent, tracestate }: TraceContext): SpanContext | undefined {
  const parsed = parseTraceparent(traceparent);
  if (!parsed) return undefined;
  const { traceId, spanId, isSampled } = parsed;
  const traceFlags = isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  const state = tracestate === "" ? {} : { traceState: createTraceState(tracestate) };
  return { traceId, spanId, traceFlags, isRemote: true, ...state };
}

function begun(span: Span, parent: TraceContext, place: Place): MessageSpan | undefined {
  const { traceId, spanId, traceFlags, traceState } = span.spanContext();
  // Without an exporter that the SDK knows, it makes spans of nothing.
  if (!isSpanContextValid(span.spanContext())) return undefined;
  // What nobody has changed goes on as it came.
  const isSame = traceState === place.span?.traceState;
  const tracestate = isSame ? (place.span ? parent.tracestate : "") : (traceState?.serialize() ?? "");
  const isSampled = (traceFlags & TraceFlags.SAMPLED) !== 0;
  const context = traceContext({ traceId, spanId, isSampled }, tracestate);
  return span.isRecording() ? new RecordedSpan(span, context) : { context, answeredBy() {}, end() {} };
}

class RecordedSpan implements MessageSpan {
  readonly context: TraceContext;
  readonly #span: Span;
  #hasEnded = false;

  constructor(span: Span, context: TraceContext) {
    this.#span = span;
    this.context = context;
  }

  answeredBy(answer: TraceContext): void {
    const context = this.#hasEnded ? undefined : spanContextOf(answer);
    if (context) this.#span.addLink({ context, attributes: { "exosphere.link": "reply" } });
  }

  end(failure?: string, detail?: string): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    if (failure !== undefined) {
      this.#span.setAttribute("error.type", failure);
      this.#span.setStatus({ code: SpanStatusCode.ERROR, ...(detail ? { message: detail } : {}) });
    }
    this.#span.end(clock.now());
  }
}
