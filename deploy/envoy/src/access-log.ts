import type { AccessLog } from "./api/envoy/config/accesslog/v3/accesslog.ts";
import { extension } from "./typed.ts";

const common = {
  time: "%START_TIME%",
  client: "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
  durationMs: "%DURATION%",
  bytesIn: "%BYTES_RECEIVED%",
  bytesOut: "%BYTES_SENT%",
  upstream: "%UPSTREAM_HOST%",
  why: "%RESPONSE_FLAGS%",
};

/** One line of JSON for each request, on stdout. Query strings are left out: tickets of event streams are in them. */
export const httpAccessLog: AccessLog = toStdout({
  ...common,
  method: "%REQ(:METHOD)%",
  host: "%REQ(:AUTHORITY)%",
  path: "%PATH(NQ)%",
  protocol: "%PROTOCOL%",
  status: "%RESPONSE_CODE%",
  details: "%RESPONSE_CODE_DETAILS%",
  requestId: "%REQ(X-REQUEST-ID)%",
  traceparent: "%REQ(TRACEPARENT)%",
  tls: "%DOWNSTREAM_TLS_VERSION%",
});

/** One line of JSON for each connection, on stdout. */
export const connectionAccessLog: AccessLog = toStdout({ ...common, name: "%REQUESTED_SERVER_NAME%" });

function toStdout(fields: Readonly<Record<string, string>>): AccessLog {
  return extension("envoy.access_loggers.stdout", "access_loggers.stream.v3.StdoutAccessLog", {
    log_format: { json_format: fields },
  });
}
