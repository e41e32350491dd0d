import { type DiagLogger, DiagLogLevel, diag, trace } from "@opentelemetry/api";
import {
  defaultResource,
  envDetector,
  hostDetector,
  osDetector,
  resourceFromAttributes,
  serviceInstanceIdDetector,
} from "@opentelemetry/resources";
import { NodeSDK } from "@opentelemetry/sdk-node";
import type { Log } from "../log.ts";
import { SpanMaker } from "./span-maker.ts";
import type { Tracing, TracingOptions } from "./tracing.ts";
import { namesService } from "./tracing-env.ts";

/**
 * How long the last spans may take to leave, in milliseconds. A collector on the same network needs a few; one that is away
 * must not make a process that has finished its work look like one that has not.
 */
const flushMs = 2_000;

/**
 * What describes the process unless `OTEL_NODE_RESOURCE_DETECTORS` says otherwise: all that the SDK has, but for its command
 * line, as that may hold what is nobody's business.
 */
const detectors = [serviceInstanceIdDetector, hostDetector, osDetector, envDetector];

/** Starts the SDK, which the `OTEL_…` variables configure. */
export function openTelemetryTracing({ service, version, log, env = process.env }: TracingOptions): Tracing {
  const sdk = new NodeSDK({
    resource: defaultResource().merge(resourceFromAttributes({ "service.version": version })),
    ...(namesService(env) ? {} : { serviceName: service }),
    ...(env.OTEL_NODE_RESOURCE_DETECTORS ? {} : { resourceDetectors: detectors }),
    // Metrics are for Prometheus to fetch, and logs for whoever reads stdout.
    metricReaders: [],
    logRecordProcessors: [],
  });
  // After the SDK has set its own, which writes to the console.
  diag.setLogger(diagLog(log), { logLevel: levelOf(env.OTEL_LOG_LEVEL), suppressOverrideMessage: true });
  sdk.start();
  log.info({ exporter: env.OTEL_TRACES_EXPORTER ?? "otlp" }, "messages are traced");
  return {
    tracer: new SpanMaker(trace.getTracer("exosphere", version)),
    flush: (deadline) => flush(sdk, deadline, log),
  };
}

async function flush(sdk: NodeSDK, deadline: AbortSignal, log: Log): Promise<void> {
  const bound = AbortSignal.any([deadline, AbortSignal.timeout(flushMs)]);
  const late = new Promise<string>((resolve) => {
    bound.addEventListener("abort", () => resolve("the last spans did not leave in time"), { once: true });
    if (bound.aborted) resolve("there is no time left for the last spans");
  });
  const left = sdk.shutdown().then(
    () => undefined,
    (error: unknown) => {
      log.warn({ err: error }, "the last spans could not be sent");
    },
  );
  const problem = await Promise.race([left, late]);
  if (problem !== undefined) log.warn(problem);
}

/** What the SDK says of itself goes into the log of the process. That traces cannot be sent is no error of it. */
function diagLog(log: Log): DiagLogger {
  const say = (level: "warn" | "debug" | "trace") => (text: string) => log[level](`OpenTelemetry: ${text}`);
  return { error: say("warn"), warn: say("warn"), info: say("debug"), debug: say("trace"), verbose: say("trace") };
}

function levelOf(name: string | undefined): DiagLogLevel {
  const levels: Readonly<Record<string, DiagLogLevel>> = {
    NONE: DiagLogLevel.NONE,
    ERROR: DiagLogLevel.ERROR,
    WARN: DiagLogLevel.WARN,
    INFO: DiagLogLevel.INFO,
    DEBUG: DiagLogLevel.DEBUG,
    VERBOSE: DiagLogLevel.VERBOSE,
    ALL: DiagLogLevel.ALL,
  };
  return levels[name?.toUpperCase() ?? ""] ?? DiagLogLevel.INFO;
}
