import type { Tracing, TracingOptions } from "./tracing.ts";
import { asksForTraces } from "./tracing-env.ts";

const noTracing: Tracing = { tracer: undefined, flush: async () => {} };

/**
 * Starts to trace if the `OTEL_…` variables ask for it. OpenTelemetry is loaded only then: it costs a sidecar 160 ms and 12 MiB.
 */
export async function startTracing(options: TracingOptions): Promise<Tracing> {
  if (!asksForTraces(options.env ?? process.env)) return noTracing;
  const { openTelemetryTracing } = await import("./open-telemetry.ts");
  return openTelemetryTracing(options);
}
