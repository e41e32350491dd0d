/** A problem (RFC 9457) as the gateway sends it. */
export interface Problem {
  readonly reason?: string;
  readonly status?: number;
  readonly title?: string;
  readonly detail?: string;
  readonly retryAfterMs?: number;
  readonly [fact: string]: unknown;
}

/**
 * Why a message was not sent, or not answered. `reason` is one of the catalogue of the bus (NOT_ALLOWED, NO_RECEIVERS,
 * DEADLINE_EXCEEDED, …), so that a program never has to look at the text; `problem` has the facts.
 */
export class ExoError extends Error {
  override readonly name = "ExoError";
  readonly reason: string;
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail ?? problem.title ?? problem.reason ?? "The gateway refused without saying why.");
    this.reason = problem.reason ?? "INTERNAL";
    this.problem = problem;
  }
}

/** An error that the client itself makes, in the words of the catalogue. */
export function exoError(reason: string, detail: string, status?: number): ExoError {
  return new ExoError({ reason, detail, ...(status !== undefined && { status }) });
}
