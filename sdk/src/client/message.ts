import { ExoError } from "@exosphere/proto";
import { type Incoming, textOf } from "../link/incoming.ts";

/** A message from the bus, with the name and the payload that are known of it. */
export interface Message<Name extends string = string, Payload = unknown> {
  /** The receiver's own name for it. */
  readonly name: Name;
  /** What it says: any JSON, `null` if nothing. */
  readonly payload: Payload;
  readonly id: string;
  /** The conversation that it belongs to: one external event and all that follows from it. */
  readonly activityId: string;
  /** Id of the message that it replies to, where it is known. */
  readonly responseTo: string | undefined;
  /** On whose behalf it was sent: any JSON, `null` if nobody's. */
  readonly auth: unknown;
  /** When the bus accepted it. RFC 3339, nanoseconds. */
  readonly timestamp: string;
  /** Whole nanoseconds since the previous message of the activity, 0 for the first. */
  readonly responseTime: number;
  /** 1, 2, … */
  readonly attempt: number;
}

/** A message as its receiver reads it. Throws INVALID_MESSAGE if payload or `auth` is not JSON. */
export function messageOf(incoming: Incoming): Message {
  const { name, id, activityId, responseTo, envelope, responseTimeNs, attempt } = incoming;
  return {
    name,
    payload: parsed(envelope.payload, "The payload", name),
    id,
    activityId,
    responseTo: responseTo === "" ? undefined : responseTo,
    auth: parsed(envelope.auth, "The auth", name),
    timestamp: timestampOf(incoming),
    responseTime: responseTimeNs,
    attempt,
  };
}

function parsed(json: Uint8Array, what: string, name: string): unknown {
  if (json.length === 0) return null;
  try {
    return JSON.parse(textOf(json)) as unknown;
  } catch (cause) {
    throw new ExoError("INVALID_MESSAGE", `${what} of '${name}' is not JSON. Its sender is at fault.`, { cause });
  }
}

let lastSecond = -1;
let lastSecondText = "";

/** The date is written once a second, as most messages share it with the one before. */
function timestampOf({ timestampSeconds, timestampNanos }: Incoming): string {
  if (timestampSeconds !== lastSecond) {
    lastSecond = timestampSeconds;
    lastSecondText = new Date(timestampSeconds * 1000).toISOString().slice(0, 19);
  }
  return `${lastSecondText}.${String(timestampNanos).padStart(9, "0")}Z`;
}
