import { defaultMaxUnreadBytes } from "@exosphere/frames";
import { edgeLimitSettings, edgeSettings } from "@exosphere/http";
import { adminSettings, type Config, processSettings, setting } from "@exosphere/settings";
import { defaultReceivedLimits } from "./core/received.ts";

/** Settings of `exo-sidecar`. Each is a flag, a variable EXO_… and a key of the --config file. */
export const sidecarSettings = {
  ...processSettings,
  role: setting.text({ help: "The role that the app plays", required: true, env: "ROLE" }),
  app: setting.url({ help: "Where the app takes deliveries, such as http://127.0.0.1:3000" }),
  appExpected: setting.flag({
    help: "say so when no app takes deliveries; --no-app-expected for one that gets nothing but replies to its requests",
    default: true,
  }),
  appHealth: setting.urlPath({
    help: "Path of the app that answers GET with 2xx while it takes deliveries; default: its port being open is enough",
  }),
  broker: setting.addresses({
    help: "Brokers in order of preference, HOST:PORT[,HOST:PORT]",
    default: ["127.0.0.1:4100"],
  }),
  host: setting.text({ help: "Address that the JSON edge listens on", default: "127.0.0.1" }),
  port: setting.port({ help: "Port of the JSON edge, for the app", default: 4200 }),
  adminHost: setting.text({ help: "Address that the admin port listens on", default: "127.0.0.1" }),
  adminPort: setting.port({ help: "Port for health, metrics and settings", default: 4201 }),
  allowHosts: setting.list({ help: "Names, beside loopback, by which the JSON edge may be called", default: [] }),
  allowOrigins: setting.list({
    help: "Web pages that may call the JSON edge, such as https://example.org",
    default: [],
  }),
  tokenFile: setting.file({
    help: "File with the token that the JSON edge asks for; the app that the sidecar starts is told it by EXOCOM_TOKEN",
  }),
  ...edgeSettings,
  ...edgeLimitSettings,
  ...adminSettings,
  socket: setting.text({ help: "Unix socket on which the app may attach with the SDK", env: "EXOCOM_SOCKET" }),
  attachTokenFile: setting.file({ help: "File with the role's attach token, where the broker demands one" }),
  adminTokenFile: setting.file({ help: "File with the token that the admin port asks for" }),
  concurrency: setting.integer({
    help: "Deliveries that the app is given at once, as many as a single thread with some I/O keeps busy with; more wait",
    default: 64,
    min: 1,
    max: 10_000,
  }),
  maxPayload: setting.bytes({
    help: "Largest payload; 1MiB is what every part takes unless told otherwise",
    default: 1024 * 1024,
    min: 1,
    max: 64 * 1024 * 1024,
  }),
  maxOutboxMessages: setting.integer({
    help: "Messages that may wait for the broker, a second of a busy app by default; more get QUEUE_FULL",
    default: 10_000,
    min: 1,
  }),
  maxOutboxBytes: setting.bytes({
    help: "Bytes that may wait for the broker, 16 of the largest by default; more get QUEUE_FULL",
    default: 16 * 1024 * 1024,
    min: 1024,
  }),
  // Each holds a connection of the app and costs some 10 KiB with it.
  maxOpenRequests: setting.integer({
    help: "Requests that may wait for their replies, as many as may wait for the broker by default; more get RATE_LIMITED",
    default: 10_000,
    min: 1,
  }),
  maxWebsockets: setting.integer({
    help: "WebSockets of the app: it has one, or a few if it sends from several places; more get RATE_LIMITED",
    default: 100,
    min: 1,
  }),
  maxSocketStreams: setting.integer({
    help: "Attach streams of the app on its unix socket: one, or a few if it sends from several places; more get RATE_LIMITED",
    default: 100,
    min: 1,
  }),
  maxUnreadBytes: setting.bytes({
    help: "Bytes that may wait for one connection of the app that does not read, 16 of the largest by default; then it ends",
    default: defaultMaxUnreadBytes,
    min: 1024 * 1024,
  }),
  maxRememberedMessages: setting.integer({
    help: "Messages that are remembered to know replies by, some seconds of a busy app, 600 bytes each; the oldest are forgotten",
    default: defaultReceivedLimits.maxMessages,
    min: 1,
  }),
  maxRememberedBytes: setting.bytes({
    help: "Bytes of auth that are remembered with them, tokens of 1,600 bytes by default; the oldest are forgotten",
    default: defaultReceivedLimits.maxAuthBytes,
    min: 64 * 1024,
  }),
} as const;

/** The settings of a sidecar, complete. */
export type SidecarConfig = Config<typeof sidecarSettings>;
