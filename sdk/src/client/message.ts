import { isUtf8 } from "node:buffer";
import type { Incoming } from "@exosphere/link";
import { ExoError } from "@exosphere/proto";

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

/** The members of a message, by their names. */
export const messageMembers: ReadonlySet<string> = new Set(
  Object.keys({
    name: true,
    payload: true,
    id: true,
    activityId: true,
    responseTo: true,
    auth: true,
    timestamp: true,
    responseTime: true,
    attempt: true,
  } satisfies Record<keyof Message, true>),
);

/** A message as its receiver reads it. Throws INVALID_MESSAGE if payload or `auth` is not JSON. */
export function messageOf(incoming: Incoming): Message {
  const { name, responseTo } = incoming;
  return {
    name,
    payload: parsed(incoming, "payload"),
    id: incoming.id,
    activityId: incoming.activityId,
    responseTo: responseTo === "" ? undefined : responseTo,
    auth: parsed(incoming, "auth"),
    timestamp: timestampOf(incoming),
    responseTime: incoming.responseTimeNs,
    attempt: incoming.attempt,
  };
}

function parsed(incoming: Incoming, what: "payload" | "auth"): unknown {
  const json = incoming[what];
  if (json === "") return null;
  try {
    // What is not UTF-8 was replaced when the text was made. To look for that in text without it costs next to nothing.
    if (json.includes("\ufffd") && !isUtf8(incoming.envelope[what])) throw new SyntaxError("It is not UTF-8.");
    return JSON.parse(json) as unknown;
  } catch (cause) {
    const detail = `The ${what} of '${incoming.name}' is not JSON. Its sender is at fault.`;
    throw new ExoError("INVALID_MESSAGE", detail, { cause });
  }
}

/** "000" to "999", and the same at the end of a timestamp. */
const threeDigits = Array.from({ length: 1000 }, (_, number) => String(number).padStart(3, "0"));
const lastDigits = threeDigits.map((digits) => `${digits}Z`);

let lastSecond = -1;
let lastSecondText = "";

/**
 * The date is written once a second, as most messages share it with the one before. Of the nanoseconds no two are alike, and to
 * look three digits up takes a third of the time of writing nine anew.
 */
function timestampOf({ timestampSeconds, timestampNanos }: Incoming): string {
  if (timestampSeconds !== lastSecond) {
    lastSecond = timestampSeconds;
    lastSecondText = `${new Date(timestampSeconds * 1000).toISOString().slice(0, 19)}.`;
  }
  const micros = Math.floor(timestampNanos / 1000);
  const millis = Math.floor(micros / 1000);
  const first = threeDigits[millis] as string;
  const digits = first + (threeDigits[micros % 1000] as string) + (lastDigits[timestampNanos % 1000] as string);
  return lastSecondText + digits;
}
