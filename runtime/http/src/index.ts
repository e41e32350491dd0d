export { adminOptionsOf, type LoadedAdmin } from "./admin/admin-options.ts";
export { type AdminOptions, type AdminServer, startAdmin } from "./admin/admin-server.ts";
export { bearerToken } from "./bearer-token.ts";
export { BodyBudget, type BodyRoom, tooMuchAtOnce } from "./body-budget.ts";
export { type CallerGuard, callerGuard, type GuardedRequest } from "./caller-guard.ts";
export { ConnectedClients } from "./connected-clients.ts";
export { ConnectionCount } from "./connection-count.ts";
export { registerConnections } from "./connection-metrics.ts";
export { constantTimeEquals, constantTimeIncludes } from "./constant-time-equals.ts";
export { answerPreflight, type CorsOptions, exposeToPage, isPreflight } from "./cors.ts";
export { checkPayload, headersOfRequest, headOfCall, headOfRequest } from "./draft-of-request.ts";
export { edgeLimitSettings, edgeSettings } from "./edge-settings.ts";
export { closeGently, endWithClient, lingerAndClose } from "./gentle-close.ts";
export { headersMistake } from "./headers-mistake.ts";
export { Heartbeat, type HeartbeatTimes, heartbeatTimes } from "./heartbeat.ts";
export {
  createJsonEdge,
  type Endpoint,
  edgeGuard,
  errorOf,
  type Handler,
  type JsonEdgeOptions,
  refuse,
} from "./json-edge.ts";
export { type ListenOptions, listen, startErrorOf } from "./listen.ts";
export { answerMalformed } from "./malformed-request.ts";
export type { Access, AllowedOrigins } from "./page-check.ts";
export { type BodyDone, collectBody, dropBody, readBody } from "./read-body.ts";
export { refuseUpgrade } from "./refuse-upgrade.ts";
export { roleHeader } from "./role-header.ts";
export { sendJson, sendText } from "./send.ts";
export { type ProblemAnswer, problemAnswer, problemToTell, sendProblem, sendStatusProblem } from "./send-problem.ts";
export type { AcceptedTokens } from "./token-guard.ts";
export { onUpgrade } from "./upgrades.ts";
export { limitUnfinishedMessages, webSocketBounds } from "./websocket-bounds.ts";
