import { decodeEnvelope } from "@exosphere/frames";
import { type TapEvent, TapEvent_Kind } from "@exosphere/proto";
import type { Acceptance, Copy } from "../core/copy.ts";

const decoder = new TextDecoder();
const none = new Uint8Array(0);

const blank: Omit<TapEvent, "kind" | "atMs"> = {
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
  receivers: [],
};

/** What an event says beside its kind and its time; what is left out is empty. */
export type EventFacts = Partial<Omit<TapEvent, "kind" | "atMs">>;

/** An event, complete. */
export function eventOf(kind: keyof typeof TapEvent_Kind, atMs: number, facts: EventFacts): TapEvent {
  return { ...blank, kind: TapEvent_Kind[kind], atMs, ...facts };
}

/** What there is to say of a message in all of its events. */
export function factsOfMessage(message: Acceptance): EventFacts {
  return {
    message: message.number,
    activity: textOf(message.activityId),
    sender: message.sender?.name ?? "",
    bytes: message.envelope.byteLength,
    isRequest: message.replyRequest !== 0,
  };
}

/** What there is to say of a copy in all of its events. */
export function factsOfCopy(copy: Copy): EventFacts {
  const { role, name, publicName } = copy.subscription;
  const { attempt, answers, message } = copy;
  return { ...factsOfMessage(message), role: role.name, name, publicName, attempt, isReply: answers !== 0 };
}

/** What the two apps say to each other, as much of it as a tap wants. An envelope that cannot be decoded says nothing. */
export function factsOfEnvelope(
  envelope: Uint8Array,
  { withPayload, maxPayloadBytes }: { readonly withPayload: boolean; readonly maxPayloadBytes: number },
): EventFacts {
  try {
    const { id, responseTo, payload, auth } = decodeEnvelope(envelope);
    return {
      messageId: textOf(id),
      responseTo: textOf(responseTo),
      payloadBytes: payload.byteLength,
      // Copies: what waits must not keep the whole frame that it came in.
      ...(withPayload && { payload: payload.slice(0, maxPayloadBytes), auth: auth.slice(0, maxPayloadBytes) }),
    };
  } catch {
    return {};
  }
}

/** Bytes as text, whatever they are. */
export function textOf(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}
