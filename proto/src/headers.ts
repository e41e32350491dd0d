/** Names of the headers at the JSON edge, in lower case as Node gives them: docs/reference/http-api.md. */
export const headers = {
  messageId: "exo-message-id",
  activityId: "exo-activity-id",
  responseTo: "exo-response-to",
  auth: "exo-auth",
  deadline: "exo-deadline",
  traceparent: "traceparent",
  tracestate: "tracestate",
  /** On the all-in-one alone: the role that speaks. */
  role: "exo-role",
} as const;
