import type { ServerResponse } from "node:http";
import { Refusal } from "@exosphere/message";
import { ExoError } from "@exosphere/proto";
import type { Log } from "@exosphere/telemetry";
import { sendProblem } from "./send-problem.ts";

/** Whatever was thrown as an error of the catalogue. */
export function errorOf(thrown: unknown): ExoError {
  return thrown instanceof Refusal ? new ExoError("INVALID_MESSAGE", thrown.message) : ExoError.from(thrown);
}

/** Answers with the problem that an error is, unless the answer has begun. */
export function refuse(response: ServerResponse, thrown: unknown, log: Pick<Log, "error">): void {
  if (response.headersSent || response.destroyed) return;
  sendProblem(response, errorOf(thrown), log);
}
