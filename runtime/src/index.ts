export { adminOptionsOf, type LoadedAdmin } from "./admin/admin-options.ts";
export { type AdminOptions, type AdminServer, startAdmin } from "./admin/admin-server.ts";
export { type DrainOptions, drainOnSignal, type RunningProcess } from "./drain.ts";
export { exitCodes } from "./exit-codes.ts";
export { type WatchFiles, watchByPath } from "./file-watch.ts";
export { bearerToken } from "./http/bearer-token.ts";
export { BodyBudget, type BodyRoom, tooMuchAtOnce } from "./http/body-budget.ts";
export { type CallerGuard, callerGuard, type GuardedRequest } from "./http/caller-guard.ts";
export { ConnectedClients } from "./http/connected-clients.ts";
export { ConnectionCount } from "./http/connection-count.ts";
export { constantTimeEquals, constantTimeIncludes } from "./http/constant-time-equals.ts";
export { answerPreflight, type CorsOptions, exposeToPage, isPreflight } from "./http/cors.ts";
export { checkPayload, headersOfRequest, headOfRequest } from "./http/draft-of-request.ts";
export { edgeLimitSettings, edgeSettings } from "./http/edge-settings.ts";
export { closeGently, endWithClient, lingerAndClose } from "./http/gentle-close.ts";
export { headersMistake } from "./http/headers-mistake.ts";
export { Heartbeat, type HeartbeatTimes, heartbeatTimes } from "./http/heartbeat.ts";
export {
  createJsonEdge,
  type Endpoint,
  edgeGuard,
  errorOf,
  type Handler,
  type JsonEdgeOptions,
  refuse,
} from "./http/json-edge.ts";
export { type ListenOptions, listen, startErrorOf } from "./http/listen.ts";
export { answerMalformed } from "./http/malformed-request.ts";
export type { Access, AllowedOrigins } from "./http/page-check.ts";
export { type BodyDone, collectBody, dropBody, readBody } from "./http/read-body.ts";
export { refuseUpgrade } from "./http/refuse-upgrade.ts";
export { sendJson, sendText } from "./http/send.ts";
export {
  type ProblemAnswer,
  problemAnswer,
  problemToTell,
  sendProblem,
  sendStatusProblem,
} from "./http/send-problem.ts";
export type { AcceptedTokens } from "./http/token-guard.ts";
export { onUpgrade } from "./http/upgrades.ts";
export { limitUnfinishedMessages, webSocketBounds } from "./http/websocket-bounds.ts";
export { collectingLog, createLog, type Log, type LogOptions, silentLog } from "./log.ts";
export { isLogLevel, type LogLevel, logLevels, setLogLevel } from "./log-level.ts";
export { registerConnections } from "./metrics/connection-metrics.ts";
export { type HistogramSnapshot, PlainHistogram } from "./metrics/plain-histogram.ts";
export {
  type HistogramSample,
  type PlainMetric,
  type PlainSample,
  plainCounter,
  plainGauge,
  plainHistogram,
} from "./metrics/plain-metric.ts";
export { createRegistry, type MakeMetric, Registry, type RegistryOptions } from "./metrics/registry.ts";
export { registerTraffic, type TrafficNames } from "./metrics/traffic-metrics.ts";
export { Notices } from "./notices.ts";
export { onLinesDropped, processOutput } from "./output/process-outputs.ts";
export { makePrivateDatabase, makePrivateFile, makePrivateFolder } from "./private-files.ts";
export { QuietFiles, quietMs } from "./quiet-files.ts";
export { type MainInput, runMain } from "./run-main.ts";
export { type Address, formatAddress, parseAddress } from "./settings/addresses.ts";
export { formatBytes, parseBytes } from "./settings/bytes.ts";
export { setting } from "./settings/declare-setting.ts";
export { didYouMean } from "./settings/did-you-mean.ts";
export { formatDurationMs, parseDurationMs } from "./settings/durations.ts";
export { type JointCheck, mistakesOf, type SettingsFound, samePorts, tooSmall } from "./settings/joint-check.ts";
export { type Loaded, type LoadedRun, loadSettings, type SettingsInput } from "./settings/load-settings.ts";
export { adminSettings, processSettings } from "./settings/process-settings.ts";
export type { Config, Setting, SettingKind, Settings } from "./settings/setting.ts";
export { type SettingFacts, settingFacts } from "./settings/setting-facts.ts";
export { SettingsError } from "./settings/settings-error.ts";
export { maxTokens, readBearerTokens, readTokens } from "./settings/token-file.ts";
export { TokenFiles } from "./settings/token-files.ts";
export { checkDatabase, isDamage } from "./sqlite-damage.ts";
export { StartError } from "./start-error.ts";
export { startTracing, type Tracing, type TracingOptions } from "./tracing/start-tracing.ts";
export { packageVersion } from "./version.ts";
