import type { Entry, Exit, MessageField } from "./field.ts";

const everyEntry = [
  "appJson",
  "appReply",
  "appHeaders",
  "clientJson",
  "clientHeaders",
  "sdk",
  "browser",
] as const satisfies readonly Entry[];
const ownIds = ["appJson", "appHeaders", "clientJson", "clientHeaders", "sdk", "browser"] as const;
const everyJson = ["appJson", "clientJson", "securityJson"] as const satisfies readonly Exit[];
const readJson = ["appJson", "clientJson"] as const satisfies readonly Exit[];

/** Longest name of a message, in bytes of UTF-8: what fits into a label of a metric and a line of a log. */
const maxNameBytes = 255;
/** Longest id, in characters (UTF-16 code units, as everywhere in JavaScript): seven times a UUID. */
const maxIdCharacters = 255;
/** Longest deadline, in milliseconds: a day, as at the broker. */
const maxDeadlineMs = 86_400_000;

/**
 * What a message is: every field, once. Types, readers, writers, headers and descriptions of all edges derive from this list, by
 * message.ts or by `npm run message:generate`. The order is that of the members of JSON.
 */
export const messageFields = {
  name: {
    about: "The sender's, or the receiver's, own name for the message.",
    form: { type: "name", maxBytes: maxNameBytes },
    setBy: ["app", "client"],
    json: "name",
    wire: { Publish: "name", Delivery: "name", TapEvent: "name" },
    from: ["appJson", "appReply", "clientJson"],
    to: [...everyJson, "sdk", "browser"],
  },
  payload: {
    about: "What the message says.",
    form: { type: "json" },
    setBy: ["app", "client"],
    json: "payload",
    wire: { Envelope: "payload", TapEvent: "payload" },
    from: ["appJson", "appReply", "clientJson"],
    to: [...everyJson, "sdk", "browser"],
  },
  id: {
    about: "Id of the message; default: a new one.",
    form: { type: "id", maxCharacters: maxIdCharacters },
    setBy: ["app", "client"],
    json: "id",
    header: "exo-message-id",
    wire: { Envelope: "id", TapEvent: "messageId" },
    from: everyEntry,
    to: [...everyJson, "sdk", "browser"],
    isCompleted: true,
  },
  activityId: {
    about: "The activity that it joins; default: a new one.",
    form: { type: "id", maxCharacters: maxIdCharacters },
    setBy: ["app", "client"],
    json: "activityId",
    header: "exo-activity-id",
    wire: { Publish: "activityId", Delivery: "activityId", TapEvent: "activity" },
    from: ownIds,
    to: [...everyJson, "sdk", "sdkContext", "browser"],
    isCompleted: true,
  },
  responseTo: {
    about: "Id of the message that it replies to.",
    form: { type: "id", maxCharacters: maxIdCharacters },
    setBy: ["app", "client"],
    json: "responseTo",
    header: "exo-response-to",
    wire: { Envelope: "responseTo", TapEvent: "responseTo" },
    from: ownIds,
    to: [...readJson, "sdk", "browser"],
    isOptional: true,
    isCompleted: true,
  },
  auth: {
    about: "On whose behalf the message is sent.",
    form: { type: "json" },
    // Clients would else speak for whomever they like, and learn by what a message found them.
    setBy: ["app", "gateway"],
    json: "auth",
    header: "exo-auth",
    wire: { Envelope: "auth", TapEvent: "auth" },
    from: ["appJson", "appReply", "appHeaders", "sdk"],
    to: ["appJson", "securityJson", "sdk", "sdkContext"],
    isCompleted: true,
  },
  traceparent: {
    about: "W3C trace context of the sender.",
    form: { type: "trace", isList: false },
    setBy: ["app", "client"],
    json: "traceparent",
    header: "traceparent",
    wire: { Envelope: "traceparent" },
    from: ["appHeaders", "clientJson", "clientHeaders", "sdk"],
    to: ["appHeaders", "sdkContext"],
    isCompleted: true,
    isOfOneAttempt: true,
  },
  tracestate: {
    about: "W3C trace state of the sender.",
    form: { type: "trace", isList: true },
    setBy: ["app", "client"],
    json: "tracestate",
    header: "tracestate",
    wire: { Envelope: "tracestate" },
    from: ["appHeaders", "clientJson", "clientHeaders", "sdk"],
    to: ["appHeaders"],
    isCompleted: true,
    isOfOneAttempt: true,
  },
  deadlineMs: {
    about: "How long to wait, such as 1500ms or 5s.",
    form: { type: "duration", maxMs: maxDeadlineMs },
    setBy: ["app", "client"],
    json: "deadline",
    header: "exo-deadline",
    wire: { Publish: "lifetimeMs", Delivery: "lifetimeMs" },
    from: ["appHeaders", "clientJson", "clientHeaders", "sdk", "browser"],
    to: [],
    isCompleted: true,
    isOfOneAttempt: true,
  },
  isSecurity: {
    about: "Whether the message comes from the security role.",
    form: { type: "boolean" },
    setBy: ["bus"],
    json: "isSecurity",
    wire: { Delivery: "isSecurity" },
    from: [],
    to: everyJson,
  },
  sender: {
    about: "The role that sends it, which the security role alone learns.",
    form: { type: "text" },
    setBy: ["bus"],
    json: "sender",
    wire: { TapEvent: "sender" },
    from: [],
    to: everyJson,
  },
  timestampSeconds: {
    about: "When the broker accepted it.",
    form: { type: "timestamp" },
    setBy: ["bus"],
    json: "timestamp",
    wire: { Delivery: "timestampSeconds" },
    from: [],
    to: [...readJson, "sdk", "browser"],
  },
  timestampNanos: {
    about: "The fraction of that second.",
    form: { type: "integer", min: 0, max: 999_999_999 },
    setBy: ["bus"],
    wire: { Delivery: "timestampNanos" },
    from: [],
    to: [],
  },
  responseTimeNs: {
    about: "Nanoseconds since the previous message of the activity, 0 for the first.",
    form: { type: "integer", min: 0, max: Number.MAX_SAFE_INTEGER },
    setBy: ["bus"],
    json: "responseTime",
    wire: { Delivery: "responseTimeNs" },
    from: [],
    to: [...readJson, "sdk", "browser"],
  },
  attempt: {
    about: "How often this delivery was given to an instance.",
    form: { type: "integer", min: 1, max: 0xffff_ffff },
    setBy: ["bus"],
    json: "attempt",
    wire: { Delivery: "attempt", TapEvent: "attempt" },
    from: [],
    to: [...readJson, "sdk", "sdkContext", "browser"],
  },
} as const satisfies Readonly<Record<string, MessageField>>;
