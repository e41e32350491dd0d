import { randomUUID } from "node:crypto";
import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import { ExoError, type Problem, problemMediaType, problemOf, retryMsOf } from "@exosphere/proto";
import type { Log } from "@exosphere/telemetry";
import { STATUS_CODES } from "./node-http.ts";
import { sendBody } from "./send.ts";

/**
 * Answers with an error as application/problem+json, with `Retry-After` where trying again may help. An unexpected error is
 * logged with its cause under an id, and that id is all that the caller learns of it. An answer that has begun is cut off.
 */
export function sendProblem(response: ServerResponse, error: ExoError, log: Pick<Log, "error">): void {
  const { status, problem, headers } = problemAnswer(error, log);
  if (response.headersSent) {
    response.destroy();
    return;
  }
  sendBody(response, status, problemMediaType, JSON.stringify(problem), headers);
}

/** What an error is answered with. */
export interface ProblemAnswer {
  readonly status: number;
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string>>;
}

/** The same, for those who answer in their own way. */
export function problemAnswer(error: ExoError, log: Pick<Log, "error">): ProblemAnswer {
  const told = tellable(error, log);
  return { status: told.httpStatus, problem: problemOf(told), headers: headersFor(told) };
}

/** The problem that an error is, for where it is not the answer of HTTP. An unexpected error is logged, as by `sendProblem`. */
export function problemToTell(error: ExoError, log: Pick<Log, "error">): Problem {
  return problemOf(tellable(error, log));
}

/**
 * Answers with a problem that is about HTTP itself, such as an unknown path, and so has no reason of the catalogue: type
 * "about:blank" and the status' own title, RFC 9457 section 4.2.1.
 */
export function sendStatusProblem(
  response: ServerResponse,
  status: number,
  detail: string,
  more: { readonly facts?: Readonly<Record<string, unknown>>; readonly headers?: OutgoingHttpHeaders } = {},
): void {
  const problem = { ...more.facts, type: "about:blank", title: STATUS_CODES[status] ?? "Error", status, detail };
  sendBody(response, status, problemMediaType, JSON.stringify(problem), more.headers);
}

function tellable(error: ExoError, log: Pick<Log, "error">): ExoError {
  return error.reason === "INTERNAL" ? concealed(error, log) : error;
}

/** Puts an unexpected error into the log, and returns what may be said of it. */
function concealed(error: ExoError, log: Pick<Log, "error">): ExoError {
  // An error of a newer peer has none yet.
  const id = error.facts.id ?? randomUUID();
  log.error({ err: error.cause ?? error, id }, "unexpected error");
  return new ExoError("INTERNAL", "An unexpected error. The log of the process says more under this id.", {
    facts: { id },
  });
}

function headersFor(error: ExoError): Readonly<Record<string, string>> {
  // RFC 9110 section 11.6.1: a 401 says how to authenticate.
  if (error.reason === "UNAUTHENTICATED") return { "www-authenticate": "Bearer" };
  const ms = retryMsOf(error);
  // Whole seconds.
  return ms === undefined ? {} : { "retry-after": String(Math.ceil(ms / 1000)) };
}
