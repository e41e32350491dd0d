import { ExoError } from "@exosphere/proto";
import type { Log, Registry } from "@exosphere/telemetry";
import { isLogLevel, logLevels, outputRemarks, setLogLevel } from "@exosphere/telemetry";
import type { Endpoint } from "../endpoint.ts";
import { readBody } from "../read-body.ts";
import { sendBody, sendJson, sendText } from "../send.ts";
import { sendStatusProblem } from "../send-problem.ts";

/** What the endpoints of a process show and change. */
export interface AdminSubject {
  readonly log: Log;
  readonly registry: Registry;
  /** The effective settings, secrets already redacted: `LoadedRun.describe`. */
  readonly settings: () => unknown;
  /** True, or why the process takes no work at the moment. */
  readonly ready: () => true | string;
  /** What deserves a look although the process works; /readyz shows a line each. */
  readonly remarks?: () => readonly string[];
}

/** A level is a word: whatever is longer is none. Bytes. */
const maxLevelBytes = 1024;

/** The endpoints that every process has. */
export function adminEndpoints(subject: AdminSubject): readonly Endpoint[] {
  const { log, registry, settings, ready, remarks = () => [] } = subject;
  return [
    { method: "GET", path: "/livez", access: "probe", handle: (_, response) => sendText(response, 200, "ok\n") },
    {
      method: "GET",
      path: "/readyz",
      access: "probe",
      handle(_, response) {
        const state = ready();
        if (state === true) sendText(response, 200, ["ok", ...remarks(), ...outputRemarks(), ""].join("\n"));
        else sendStatusProblem(response, 503, state);
      },
    },
    {
      method: "GET",
      path: "/metrics",
      access: "read",
      handle: async (_, response) => sendBody(response, 200, registry.contentType, await registry.metrics()),
    },
    { method: "GET", path: "/settings", access: "read", handle: (_, response) => sendJson(response, 200, settings()) },
    {
      method: "GET",
      path: "/log-level",
      access: "read",
      handle: (_, response) => sendJson(response, 200, { level: log.level }),
    },
    {
      method: "PUT",
      path: "/log-level",
      async handle(request, response) {
        const level = levelIn((await readBody(request, maxLevelBytes)).toString("utf8").trim());
        if (!isLogLevel(level)) throw wrongLevel();
        setLogLevel(log, level);
        sendJson(response, 200, { level });
      },
    },
  ];
}

/** The level in a body: `debug`, `"debug"` or `{"level":"debug"}`. */
function levelIn(body: string): unknown {
  if (!/^["{]/.test(body)) return body;
  try {
    const json = JSON.parse(body) as string | { level?: unknown };
    return typeof json === "string" ? json : json.level;
  } catch {
    return undefined;
  }
}

function wrongLevel(): ExoError {
  const detail = `The body must be one of the levels ${logLevels.join(", ")}, or {"level": one of them}.`;
  return new ExoError("INVALID_MESSAGE", detail, { facts: { levels: logLevels.join(", ") } });
}
