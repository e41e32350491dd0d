import { catalogue } from "./catalogue.ts";
import { ExoError, type Facts } from "./exo-error.ts";

/** Media type of a problem. */
export const problemMediaType = "application/problem+json";

/** An error as JSON, RFC 9457: the members of the specification, `reason`, and the facts beside them. */
export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly reason: string;
} & Facts;

/** The problem that tells a caller of an error. */
export function problemOf(error: ExoError): Problem {
  const { http, title } = catalogue[error.reason];
  return {
    ...error.facts,
    type: `urn:exosphere:problem:${error.reason.toLowerCase()}`,
    title,
    status: http,
    detail: error.detail,
    reason: error.reason,
  };
}

/** The error behind a problem that an answer carried, or undefined if the text is no problem of ours. */
export function errorOfProblem(text: string): ExoError | undefined {
  try {
    const { type, title, status, detail, reason, ...facts } = JSON.parse(text) as Problem;
    return typeof reason === "string" ? ExoError.fromWire(reason, String(detail), { facts }) : undefined;
  } catch {
    return undefined;
  }
}
