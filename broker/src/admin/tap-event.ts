import { decodeEnvelope } from "@exosphere/frames";
import { type TapEvent, TapEvent_Kind } from "@exosphere/proto";
import type { Delivery } from "../core/delivery.ts";
import type { Instance } from "../core/instance.ts";
import type { AcceptedMessage } from "../core/message.ts";
import type { Permission } from "../core/permission.ts";

/** How much of a message a tap wants. */
export interface TapDetail {
  readonly withPayload: boolean;
  readonly maxPayloadBytes: number;
}

const none = new Uint8Array(0);
const nobody: readonly string[] = [];

/** An event of which nothing but kind and time is said. Every event has all members, in this order: they are of one shape. */
export function newEvent(kind: keyof typeof TapEvent_Kind, atMs: number): TapEvent {
  return {
    kind: TapEvent_Kind[kind],
    atMs,
    message: 0,
    activity: "",
    role: "",
    instance: "",
    name: "",
    publicName: "",
    sender: "",
    attempt: 0,
    outcome: "",
    detail: "",
    messageId: "",
    responseTo: "",
    bytes: 0,
    payload: none,
    auth: none,
    payloadBytes: 0,
    isRequest: false,
    isReply: false,
    waitedMs: 0,
    handledMs: 0,
    receivers: nobody as string[],
  };
}

/** That a message was accepted. */
export function publishedEvent(
  sender: Instance,
  permission: Permission,
  message: AcceptedMessage,
  detail: TapDetail,
): TapEvent {
  const event = messageEvent("PUBLISHED", message.timestampMs, message);
  event.role = sender.role.name;
  event.instance = sender.id;
  event.name = permission.name;
  event.publicName = permission.publicName;
  event.receivers = permission.subscriptions.map(({ role }) => role.name);
  addEnvelope(event, message.envelope, detail);
  return event;
}

/** That something happened to a delivery. */
export function deliveryEvent(
  kind: keyof typeof TapEvent_Kind,
  atMs: number,
  { message, subscription, attempt, answers }: Delivery,
  instance: string,
): TapEvent {
  const event = messageEvent(kind, atMs, message);
  event.role = subscription.role.name;
  event.instance = instance;
  event.name = subscription.name;
  event.publicName = subscription.publicName;
  event.attempt = attempt;
  event.isReply = answers !== 0;
  return event;
}

/** Adds what the two apps say to each other, as much of it as a tap wants. An envelope that cannot be decoded says nothing. */
export function addEnvelope(event: TapEvent, envelope: Uint8Array, { withPayload, maxPayloadBytes }: TapDetail): void {
  try {
    const { id, responseTo, payload, auth } = decodeEnvelope(envelope);
    event.messageId = textOf(id);
    event.responseTo = textOf(responseTo);
    event.payloadBytes = payload.byteLength;
    if (!withPayload) return;
    // Copies: what waits must not keep the whole frame that it came in.
    event.payload = payload.slice(0, maxPayloadBytes);
    event.auth = auth.slice(0, maxPayloadBytes);
  } catch {
    // It was the sender's business, and is that of its receivers.
  }
}

/** Bytes as text, whatever they are. */
export function textOf({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return byteLength === 0 ? "" : Buffer.from(buffer, byteOffset, byteLength).toString("utf8");
}

function messageEvent(kind: keyof typeof TapEvent_Kind, atMs: number, message: AcceptedMessage): TapEvent {
  const event = newEvent(kind, atMs);
  event.message = message.number;
  event.activity = textOf(message.activityId);
  event.sender = message.sender?.name ?? "";
  event.bytes = message.envelope.byteLength;
  event.isRequest = message.replyRequest !== 0;
  return event;
}
