import type { MessageTracer } from "@exosphere/frames";
import type { Log } from "../log.ts";
import type { Env } from "./tracing-env.ts";

/** What tracing needs to know of its process. */
export interface TracingOptions {
  /** What the process is called in traces, unless `OTEL_SERVICE_NAME` or `OTEL_RESOURCE_ATTRIBUTES` say so. */
  readonly service: string;
  readonly version: string;
  readonly log: Log;
  /** Default: `process.env`. */
  readonly env?: Env;
}

/** The traces of a process. */
export interface Tracing {
  /** Undefined if nobody asks for traces: then contexts are passed on as they came. */
  readonly tracer: MessageTracer | undefined;
  /** Sends what has ended, at the latest until `deadline` fires. Nothing is traced after that. */
  flush(deadline: AbortSignal): Promise<void>;
}
