import { type TapEvent, TapEvent_Kind } from "@exosphere/proto";
import type { BusEvent } from "../core/bus-event.ts";

const kinds: Readonly<Record<number, BusEvent["kind"]>> = {
  [TapEvent_Kind.PUBLISHED]: "published",
  [TapEvent_Kind.REFUSED]: "refused",
  [TapEvent_Kind.DELIVERED]: "delivered",
  [TapEvent_Kind.RETRIED]: "retried",
  [TapEvent_Kind.ENDED]: "ended",
  [TapEvent_Kind.ATTACHED]: "attached",
  [TapEvent_Kind.DETACHED]: "detached",
};

const decoder = new TextDecoder();

/** What a tap of the broker told, without what is empty. Undefined for a kind of a later broker. `redact` takes JSON text. */
export function eventOfTap(event: TapEvent, redact: (json: string, isCut?: boolean) => string): BusEvent | undefined {
  const kind = kinds[event.kind];
  if (!kind) return undefined;
  const isCut = event.payloadBytes > event.payload.byteLength;
  const facts: Record<string, unknown> = {
    message: event.message,
    activity: event.activity,
    instance: event.instance,
    name: event.name,
    publicName: event.publicName,
    sender: event.sender,
    attempt: event.attempt,
    outcome: event.outcome,
    detail: event.detail,
    id: event.messageId,
    responseTo: event.responseTo,
    bytes: event.bytes,
    payload: redact(decoder.decode(event.payload), isCut),
    auth: redact(decoder.decode(event.auth)),
    payloadBytes: event.payloadBytes,
    isRequest: event.isRequest,
    isReply: event.isReply,
    waitedMs: event.waitedMs,
    handledMs: event.handledMs,
    receivers: event.receivers.length > 0 ? event.receivers : undefined,
  };
  for (const [key, value] of Object.entries(facts)) if (!value) delete facts[key];
  return { kind, at: event.atMs, role: event.role, ...facts };
}
