import { type Config, processSettings, setting } from "@exosphere/runtime";
import { defaultLimits } from "./core/limits.ts";

/** Settings of `exocom serve`. Each is a flag, a variable EXO_… and a key of the --config file. */
export const brokerSettings = {
  ...processSettings,
  app: setting.file({ help: "The application.yml to take the routes from" }),
  routes: setting.file({ help: "JSON file to take the routes from, in place of --app" }),
  serviceData: setting.text({ help: "The routes themselves as JSON, in place of --app", env: "SERVICE_DATA" }),
  host: setting.text({ help: "Address that the gRPC port listens on", default: "127.0.0.1" }),
  port: setting.port({ help: "gRPC port", default: 4100 }),
  adminHost: setting.text({ help: "Address that the admin port listens on", default: "127.0.0.1" }),
  adminPort: setting.port({ help: "Port for health, metrics and settings", default: 4101 }),
  attachTokens: setting.file({ help: "YAML or JSON file of attach tokens, role: token" }),
  adminTokenFile: setting.file({ help: "File with the token that the admin service and the admin port ask for" }),
  maxPayload: setting.bytes({
    help: "Largest payload",
    default: defaultLimits.maxPayloadBytes,
    min: 1,
    max: 64 * 1024 * 1024,
  }),
  maxQueueMessages: setting.integer({
    help: "Messages that may wait for one role",
    default: defaultLimits.maxQueueMessages,
    min: 1,
  }),
  maxQueueBytes: setting.bytes({
    help: "Bytes that may wait for one role",
    default: defaultLimits.maxQueueBytes,
    min: 1024,
  }),
  maxAffinityBytes: setting.bytes({
    help: "Memory for which instance takes part in which activity",
    default: defaultLimits.maxAffinityBytes,
    min: 1024,
  }),
  maxHeldBytes: setting.bytes({
    help: "Bytes of the messages that may wait for the verdict of the security role",
    default: defaultLimits.maxHeldBytes,
    min: 1024,
  }),
  defaultDeadline: setting.durationMs({
    help: "How long a message is of use if its sender does not say",
    default: defaultLimits.defaultDeadlineMs,
    min: 1,
  }),
} as const;

/** The settings of a broker, complete. */
export type BrokerConfig = Config<typeof brokerSettings>;
