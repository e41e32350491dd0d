import { setting } from "@exosphere/settings";

/** Settings of `exo send` and `exo request`. */
export const callSettings = {
  url: setting.url({
    help: "JSON edge of a sidecar or of exocom; default: that of the application that runs in this folder",
    schemes: ["http"],
  }),
  role: setting.text({ help: "who sends; may be left out where only one role sends the message" }),
  file: setting.file({ help: "file with the payload as JSON, in place of an argument" }),
  activity: setting.text({ help: "id of the activity that the message joins; without it, a new one" }),
  messageId: setting.text({ help: "id of the message; without it, a new one" }),
  responseTo: setting.text({ help: "id of the message that this one replies to" }),
  auth: setting.text({ help: "on whose behalf it is sent, as JSON" }),
  deadline: setting.durationMs({
    help: "how long it makes sense, or the reply is waited for",
    min: 1,
    max: 86_400_000,
  }),
  traceparent: setting.text({ help: "W3C trace context that it continues" }),
  tokenFile: setting.file({ help: "file with the token of the JSON edge, if it asks for one" }),
  json: setting.flag({ help: "print ids or reply as they came, as a line of JSON", default: false }),
} as const;

/** The headers by which those of the settings travel that stand in one. */
export const headerOf = {
  activity: "exo-activity-id",
  messageId: "exo-message-id",
  responseTo: "exo-response-to",
  auth: "exo-auth",
  traceparent: "traceparent",
} as const;
