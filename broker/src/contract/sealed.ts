import { decodeEnvelope, encodeEnvelope } from "@exosphere/frames";
import { newEnvelope } from "@exosphere/proto";
import type { Participant, Received, Sent } from "./driver.ts";

/** What a test says of a message whose envelope the bus must read. */
export interface Unsealed {
  readonly id?: string;
  readonly responseTo?: string;
  /** JSON text. */
  readonly auth?: string;
  /** JSON text. */
  readonly payload?: string;
}

/** An envelope as apps write it. */
export function sealed({ id = "id", responseTo = "", auth = "", payload = "" }: Unsealed = {}): Uint8Array {
  const bytes = (text: string) => Buffer.from(text);
  const texts = { id: bytes(id), responseTo: bytes(responseTo), auth: bytes(auth), payload: bytes(payload) };
  return encodeEnvelope(newEnvelope(texts));
}

/** What is in the envelope of a delivery. */
export function unsealed({ bytes }: Received): Required<Unsealed> {
  const { id, responseTo, auth, payload } = decodeEnvelope(bytes);
  const text = (each: Uint8Array) => Buffer.from(each).toString();
  return { id: text(id), responseTo: text(responseTo), auth: text(auth), payload: text(payload) };
}

/** A message that was published, and may wait for a verdict. */
export interface Pending {
  readonly decided: Promise<string>;
}

/** Publishes a message that will wait. Resolves when the bus holds it; what became of it comes later. */
export async function publishPending(
  sender: Participant,
  name: string,
  { id, auth, payload, ...sent }: Omit<Sent, "payload"> & Unsealed = {},
): Promise<Pending> {
  const envelope = sealed({ ...(id && { id }), ...(auth && { auth }), ...(payload && { payload }) });
  const decided = sender.publish(name, { ...sent, payload: envelope });
  // Whatever the bus was sent before, it has taken.
  await sender.names();
  return { decided };
}

/** Gives the verdict on the message that a question is about. */
export function decide(security: Participant, question: Received, verdict: "authorized" | "unauthorized") {
  return security.publish(`message ${verdict}`, { activity: question.activity, payload: sealed() });
}
