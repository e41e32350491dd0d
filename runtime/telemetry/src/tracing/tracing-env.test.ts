import assert from "node:assert/strict";
import { silentLog } from "../log.ts";
import { startTracing } from "./start-tracing.ts";
import { asksForTraces, namesService } from "./tracing-env.ts";

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318" };

describe("the variables of OpenTelemetry", () => {
  it("ask for traces by an exporter or an endpoint", () => {
    assert.equal(asksForTraces(endpoint), true);
    assert.equal(asksForTraces({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://collector/v1/traces" }), true);
    for (const exporter of ["otlp", "console", "zipkin", "otlp,console"])
      assert.equal(asksForTraces({ OTEL_TRACES_EXPORTER: exporter }), true, exporter);
  });

  it("ask for none if they say nothing, or say so", () => {
    assert.equal(asksForTraces({}), false);
    assert.equal(asksForTraces({ OTEL_SERVICE_NAME: "users", OTEL_TRACES_SAMPLER: "always_on" }), false);
    assert.equal(asksForTraces({ OTEL_EXPORTER_OTLP_ENDPOINT: "", OTEL_TRACES_EXPORTER: " " }), false);
    assert.equal(asksForTraces({ ...endpoint, OTEL_TRACES_EXPORTER: "none" }), false);
    assert.equal(asksForTraces({ OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "http://collector" }), false);
    for (const yes of ["true", "TRUE", " true "])
      assert.equal(asksForTraces({ ...endpoint, OTEL_SDK_DISABLED: yes }), false, yes);
    for (const no of ["false", "1", ""]) assert.equal(asksForTraces({ ...endpoint, OTEL_SDK_DISABLED: no }), true, no);
  });

  it("name the service, or not", () => {
    assert.equal(namesService({ OTEL_SERVICE_NAME: "users" }), true);
    assert.equal(namesService({ OTEL_RESOURCE_ATTRIBUTES: "a=b, service.name=users" }), true);
    assert.equal(namesService({ OTEL_RESOURCE_ATTRIBUTES: "my.service.name=users,service.names=x" }), false);
    assert.equal(namesService({ OTEL_SERVICE_NAME: "" }), false);
  });

  it("give a process nothing to trace with unless they ask for it", async () => {
    const tracing = await startTracing({ service: "users", version: "1", log: silentLog(), env: {} });
    assert.equal(tracing.tracer, undefined);
    await tracing.flush(AbortSignal.abort());
  });
});
