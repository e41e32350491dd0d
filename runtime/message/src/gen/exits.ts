// Generated from the list of fields, ../fields.ts, by tools/message-code. Do not edit: run 'npm run message:generate'.
import { isTraceText, rawText, timestampText } from "../json-texts.ts";
import type { Envelope, JudgedMessage, ShownMessage } from "../message-types.ts";

/** A message from the bus as its app gets it: docs/reference/http-api.md. JSON in it stands byte for byte. */
export function jsonForApp(message: ShownMessage): string {
  const { envelope } = message;
  return (
    `{"name":${JSON.stringify(message.name)}` +
    `,"payload":${rawText(envelope.payload)}` +
    `,"id":${JSON.stringify(message.id)}` +
    `,"activityId":${JSON.stringify(message.activityId)}` +
    `${message.responseTo === "" ? "" : `,"responseTo":${JSON.stringify(message.responseTo)}`}` +
    `,"auth":${rawText(envelope.auth)}` +
    `,"isSecurity":${message.isSecurity}` +
    `,"sender":""` +
    `,"timestamp":"${timestampText(message)}"` +
    `,"responseTime":${message.responseTimeNs}` +
    `,"attempt":${message.attempt}` +
    "}"
  );
}

/** A message from the bus as a client of the gateway gets it: docs/reference/websocket.md. */
export function jsonForClient(message: ShownMessage): string {
  const { envelope } = message;
  return (
    `{"name":${JSON.stringify(message.name)}` +
    `,"payload":${rawText(envelope.payload)}` +
    `,"id":${JSON.stringify(message.id)}` +
    `,"activityId":${JSON.stringify(message.activityId)}` +
    `${message.responseTo === "" ? "" : `,"responseTo":${JSON.stringify(message.responseTo)}`}` +
    `,"isSecurity":${message.isSecurity}` +
    `,"sender":""` +
    `,"timestamp":"${timestampText(message)}"` +
    `,"responseTime":${message.responseTimeNs}` +
    `,"attempt":${message.attempt}` +
    "}"
  );
}

/** A message as the security role is asked about it. JSON in it stands byte for byte. */
export function jsonForSecurity(message: JudgedMessage): string {
  return (
    `{"name":${JSON.stringify(message.name)}` +
    `,"payload":${rawText(message.payload)}` +
    `,"id":${JSON.stringify(message.id)}` +
    `,"activityId":${JSON.stringify(message.activityId)}` +
    `,"auth":${rawText(message.auth)}` +
    `,"isSecurity":false` +
    `,"sender":${JSON.stringify(message.sender)}` +
    "}"
  );
}

/** Adds what the headers of a delivery say of a message. */
export function addDeliveryHeaders(headers: Record<string, string>, envelope: Envelope): void {
  if (isTraceText(envelope.traceparent)) headers.traceparent = envelope.traceparent;
  if (isTraceText(envelope.tracestate)) headers.tracestate = envelope.tracestate;
}
