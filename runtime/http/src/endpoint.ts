import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import type { Log } from "@exosphere/telemetry";
import type { CallerGuard } from "./caller-guard.ts";
import { errorOf } from "./refuse.ts";
import type { Route, RouteMatch, Router } from "./router.ts";
import { sendProblem } from "./send-problem.ts";

/** Answers one request. What it throws, or rejects with, becomes the answer. */
export type Handler = (request: IncomingMessage, response: ServerResponse, match: RouteMatch) => void | Promise<void>;

/** A route, and what answers there. */
export interface Endpoint extends Route {
  /** Its requests may take as long as they like to arrive, as they are dealt with piece by piece. It sees to pauses itself. */
  readonly isStreamed?: boolean;
  readonly handle: Handler;
}

/** Answers every request by the endpoint that it leads to, if the guard lets it pass, and what goes wrong with a problem. */
export function answerRoutes(router: Router<Endpoint>, guard: CallerGuard, log: Pick<Log, "error">): RequestListener {
  return async (request, response) => {
    try {
      const match = router.find(request);
      const refusal = guard(request, match.access);
      if (refusal) throw refusal;
      if (match.route) await match.route.handle(request, response, match);
      else router.answerUnserved(request, response);
    } catch (error) {
      sendProblem(response, errorOf(error), log);
    }
  };
}
