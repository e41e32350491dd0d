import { problemToTell } from "@exosphere/http";
import { ExoError } from "@exosphere/proto";
import type { Log } from "@exosphere/telemetry";

/** That the bus has a message, with the ids that it got. */
export function acceptedText(id: string, activityId: string): string {
  return `{"id":${JSON.stringify(id)},"activityId":${JSON.stringify(activityId)}}`;
}

/** What to say of an error where there is no status of HTTP for it. */
export function refusedText(error: ExoError, log: Log): string {
  return JSON.stringify(problemToTell(error, log));
}

/** Throws PAYLOAD_TOO_LARGE for a payload of more bytes. */
export function checkPayloadSize(payload: Uint8Array, maxPayloadBytes: number): void {
  if (payload.byteLength <= maxPayloadBytes) return;
  const detail = `The payload has more than ${maxPayloadBytes} bytes: send less, or raise --max-payload.`;
  throw new ExoError("PAYLOAD_TOO_LARGE", detail, { facts: { limit: maxPayloadBytes } });
}
