import assert from "node:assert/strict";
import type { TraceContext } from "@exosphere/frames";
import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  InMemorySpanExporter,
  ParentBasedSampler,
  type Sampler,
  SimpleSpanProcessor,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { SpanMaker } from "./span-maker.ts";

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const spanId = "00f067aa0ba902b7";
const sampled: TraceContext = { traceparent: `00-${traceId}-${spanId}-01`, tracestate: "vendor=1, other=a:b" };
const message = { role: "users", name: "create", id: "7", activityId: "a", bytes: 12, attempt: 0 };

function tracing(sampler: Sampler = new ParentBasedSampler({ root: new AlwaysOnSampler() })) {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ sampler, spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  const spans = () => exporter.getFinishedSpans();
  return { maker: new SpanMaker(provider.getTracer("test")), spans };
}

describe("the spans of messages", () => {
  it("are a producer's below what the sender named", () => {
    const { maker, spans } = tracing();
    const span = maker.sends(message, sampled) ?? assert.fail();
    span.end();
    const [made = assert.fail()] = spans();
    assert.deepEqual([made.name, made.kind], ["send create", SpanKind.PRODUCER]);
    assert.equal(made.parentSpanContext?.spanId, spanId);
    assert.equal(made.spanContext().traceId, traceId);
    assert.equal(span.context.traceparent, `00-${traceId}-${made.spanContext().spanId}-01`);
    assert.deepEqual(made.attributes, {
      "messaging.system": "exocom",
      "messaging.operation.name": "send",
      "messaging.operation.type": "send",
      "messaging.destination.name": "create",
      "messaging.message.id": "7",
      "messaging.message.conversation_id": "a",
      "messaging.message.body.size": 12,
      "exosphere.role": "users",
    });
    assert.equal(made.status.code, SpanStatusCode.UNSET);
  });

  it("are a consumer's below what was sent, and linked to it", () => {
    const { maker, spans } = tracing();
    maker.processes({ ...message, attempt: 2 }, sampled)?.end();
    const [made = assert.fail()] = spans();
    assert.deepEqual([made.name, made.kind], ["process create", SpanKind.CONSUMER]);
    assert.equal(made.parentSpanContext?.spanId, spanId);
    assert.deepEqual(
      made.links.map(({ context }) => [context.traceId, context.spanId]),
      [[traceId, spanId]],
    );
    assert.equal(made.attributes["exosphere.attempt"], 2);
    assert.equal(made.attributes["messaging.consumer.group.name"], "users");
  });

  it("keep the trace state as it came", () => {
    const { maker } = tracing();
    assert.equal(maker.sends(message, sampled)?.context.tracestate, sampled.tracestate);
  });

  it("begin a trace where there is none, or none that is well-formed", () => {
    const { maker, spans } = tracing();
    for (const traceparent of ["", "nonsense", `00-${"0".repeat(32)}-${spanId}-01`]) {
      const span = maker.sends(message, { traceparent, tracestate: "x=y" }) ?? assert.fail();
      assert.match(span.context.traceparent, /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
      assert.equal(span.context.tracestate, "");
      span.end();
    }
    assert.ok(spans().every(({ parentSpanContext }) => parentSpanContext === undefined));
    assert.equal(new Set(spans().map((made) => made.spanContext().traceId)).size, 3);
  });

  it("are not made of what its sender has not recorded, whatever the sampler", () => {
    const { maker, spans } = tracing(new AlwaysOnSampler());
    const parent = { ...sampled, traceparent: `00-${traceId}-${spanId}-00` };
    assert.equal(maker.sends(message, parent), undefined);
    assert.equal(maker.processes(message, parent), undefined);
    assert.deepEqual(spans(), []);
  });

  it("tell those behind that the sampler does not want the trace", () => {
    const { maker, spans } = tracing(new AlwaysOffSampler());
    const span = maker.sends(message, { traceparent: "", tracestate: "" }) ?? assert.fail();
    assert.match(span.context.traceparent, /-00$/);
    span.answeredBy(sampled);
    span.end("dead");
    assert.deepEqual(spans(), []);
    assert.equal(maker.processes(message, span.context), undefined);
  });

  it("say what went wrong, once", () => {
    const { maker, spans } = tracing();
    const span = maker.processes(message, sampled) ?? assert.fail();
    span.end("handler_failed", "The app answered 500.");
    span.end();
    assert.equal(spans().length, 1);
    const [made = assert.fail()] = spans();
    assert.deepEqual(made.status, { code: SpanStatusCode.ERROR, message: "The app answered 500." });
    assert.equal(made.attributes["error.type"], "handler_failed");
  });

  it("are linked to the reply of a request", () => {
    const { maker, spans } = tracing();
    const span = maker.sends(message, { traceparent: "", tracestate: "" }) ?? assert.fail();
    span.answeredBy(sampled);
    span.answeredBy({ traceparent: "nonsense", tracestate: "" });
    span.end();
    span.answeredBy(sampled);
    assert.deepEqual(
      spans()[0]?.links.map(({ context }) => context.spanId),
      [spanId],
    );
  });
});
