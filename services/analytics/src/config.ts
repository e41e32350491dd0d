import { adminSettings, type Config, processSettings, setting } from "@exosphere/settings";
import { defaultRedacted } from "@exosphere/telemetry";

/** Settings of the dashboard. Each is a flag, a variable EXO_… and a key of the --config file. */
export const analyticsSettings = {
  ...processSettings,
  ...adminSettings,
  broker: setting.addresses({
    help: "gRPC address of the broker, or several to try in turn",
    default: ["127.0.0.1:4100"],
  }),
  adminTokenFile: setting.file({
    help: "File with the admin token: that of the broker, if it has one, which the admin port here asks for as well",
    formerly: "brokerTokenFile",
  }),
  host: setting.text({ help: "Address that the dashboard listens on", default: "127.0.0.1" }),
  port: setting.port({ help: "Port of the dashboard", default: 4400 }),
  tokenFile: setting.file({
    help: "File with the token that the dashboard asks for; demanded unless it listens on loopback",
  }),
  allowHosts: setting.list({ help: "Further names in the Host header that are served", default: [] }),
  adminHost: setting.text({ help: "Address that the admin port listens on", default: "127.0.0.1" }),
  adminPort: setting.port({ help: "Port for health, metrics and settings", default: 4401 }),
  dataDir: setting.text({ help: "Folder of the file with the last hour", default: ".data" }),
  keep: setting.durationMs({ help: "How long everything is kept", default: 3_600_000, min: 60_000 }),
  maxStore: setting.bytes({
    help: "Size of the file with the last hour; the oldest activities go first",
    default: 256 * 1024 * 1024,
    min: 1024 * 1024,
  }),
  maxEvents: setting.integer({
    // Some 100 requests a second shown whole, at a few per cent of a core here and less at the broker.
    help: "Events a second that are read of the bus; beyond, whole activities are left out. 0: no limit",
    default: 1_000,
    min: 0,
  }),
  payloads: setting.flag({ help: "Keep and show payloads; --no-payloads keeps them out", default: true }),
  maxPayload: setting.bytes({ help: "Bytes of a payload that are kept", default: 4096, min: 1, max: 1024 * 1024 }),
  redact: setting.list({
    help: "Fields of payloads whose values are never kept, at any depth; case, - and _ do not count",
    default: defaultRedacted,
  }),
} as const;

/** The settings of the dashboard, complete. */
export type AnalyticsConfig = Config<typeof analyticsSettings>;
