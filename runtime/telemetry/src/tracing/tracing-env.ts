/** Variables of a process. */
export type Env = Readonly<Record<string, string | undefined>>;

/**
 * Whether the standard variables of OpenTelemetry ask for traces: `OTEL_TRACES_EXPORTER` names an exporter, or, where it says
 * nothing, there is an OTLP endpoint. Unlike the SDK by itself, which would send to localhost unasked.
 */
export function asksForTraces(env: Env): boolean {
  if (given(env, "OTEL_SDK_DISABLED")?.toLowerCase() === "true") return false;
  const exporters = given(env, "OTEL_TRACES_EXPORTER");
  if (exporters !== undefined) return !exporters.split(",").some((exporter) => exporter.trim() === "none");
  return (
    given(env, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") !== undefined ||
    given(env, "OTEL_EXPORTER_OTLP_ENDPOINT") !== undefined
  );
}

/** Whether the variables say what the service is called. */
export function namesService(env: Env): boolean {
  if (given(env, "OTEL_SERVICE_NAME") !== undefined) return true;
  return /(?:^|,)\s*service\.name\s*=/.test(given(env, "OTEL_RESOURCE_ATTRIBUTES") ?? "");
}

/** Empty counts as not set, as the specification has it. */
function given(env: Env, name: string): string | undefined {
  return env[name]?.trim() || undefined;
}
