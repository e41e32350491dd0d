import { type Config, setting } from "@exosphere/settings";
import { defaultLimits } from "./core/limits.ts";
import { defaultAttachLimits } from "./grpc/attach-limits.ts";

/** Settings of a bus, whatever it listens on: those that a broker and the all-in-one share. */
export const busSettings = {
  app: setting.file({ help: "The application.yml to take the routes from" }),
  routes: setting.file({ help: "JSON file to take the routes from, in place of --app" }),
  serviceData: setting.text({ help: "The routes themselves as JSON, in place of --app", env: "SERVICE_DATA" }),
  attachTokens: setting.file({ help: "YAML or JSON file of attach tokens, role: token" }),
  adminTokenFile: setting.file({ help: "File with the token that the admin service and the admin port ask for" }),
  maxPayload: setting.bytes({
    help: "Largest payload; 1MiB is what every part takes unless told otherwise",
    default: defaultLimits.maxPayloadBytes,
    min: 1,
    max: 64 * 1024 * 1024,
  }),
  maxQueueMessages: setting.integer({
    help: "Messages that may wait for one role, ten seconds of a busy one by default; more get QUEUE_FULL",
    default: defaultLimits.maxQueueMessages,
    min: 1,
  }),
  maxQueueBytes: setting.bytes({
    help: "Bytes that may wait for one role, 70,000 small messages by default; more get QUEUE_FULL",
    default: defaultLimits.maxQueueBytes,
    min: 1024,
  }),
  maxTotalBytes: setting.bytes({
    help: "Bytes of all messages that wait or are with instances, for all roles together, each with 1.5 KiB; more get QUEUE_FULL; without it, half of V8's heap limit",
    min: 1024 * 1024,
  }),
  maxInFlightBytes: setting.bytes({
    help: "Bytes of the unsettled deliveries of one instance, 64 of the largest by default; more wait",
    default: defaultLimits.maxInFlightBytes,
    min: 1024,
  }),
  maxRoleRate: setting.integer({
    help: "Messages that one role, with all its instances, may publish in a second; more get RATE_LIMITED; without it, any number",
    min: 1,
  }),
  maxAffinityBytes: setting.bytes({
    help: "Memory for which instance takes part in which activity, 80,000 activities by default; the idlest are forgotten",
    default: defaultLimits.maxAffinityBytes,
    min: 1024,
  }),
  maxHeldBytes: setting.bytes({
    help: "Bytes of the messages that may wait for the verdict of the security role, five seconds of it by default; more get QUEUE_FULL",
    default: defaultLimits.maxHeldBytes,
    min: 1024,
  }),
  maxSecurityRequests: setting.integer({
    help: "Requests of the security role that may wait for their answers, 500 bytes each; more get QUEUE_FULL",
    default: defaultLimits.maxSecurityRequests,
    min: 1,
  }),
  maxReplyStreams: setting.integer({
    help: "Requests with many replies that may be open, 500 bytes each beside their copies; more get QUEUE_FULL",
    default: defaultLimits.maxReplyStreams,
    min: 1,
  }),
  maxInstances: setting.integer({
    help: "Instances that may be attached, some 50 KiB each; more are turned away",
    default: defaultAttachLimits.maxInstances,
    min: 1,
  }),
  maxUnreadBytes: setting.bytes({
    help: "Bytes that may wait for one peer that does not read, 16 large replies by default; then its connection ends",
    default: defaultAttachLimits.maxUnreadBytes,
    min: 1024 * 1024,
  }),
  maxRefusalBytes: setting.bytes({
    help: "Memory for what was refused to instances whose connections break before they hear of it, 50,000 refusals by default; the oldest are forgotten",
    default: defaultAttachLimits.maxRefusalBytes,
    min: 1024,
  }),
  defaultDeadline: setting.durationMs({
    help: "How long a message is of use if its sender does not say; then it is dropped, and who waits is told",
    default: defaultLimits.defaultDeadlineMs,
    min: 1,
  }),
} as const;

/** What a broker needs to know, whatever it listens on. */
export type BusConfig = Config<typeof busSettings>;
