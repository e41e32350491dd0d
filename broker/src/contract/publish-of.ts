import { handlerNumber } from "@exosphere/frames";
import { newPublish, type Publish } from "@exosphere/proto";
import type { Received, Sent } from "./driver.ts";
import { sealed, unsealed } from "./sealed.ts";

/** A name of a role, and how it is called on the wire. */
interface NumberedName {
  readonly name: string;
  readonly number: number;
}

/** Handles of version 2 have 32 bits. */
const maxHandle = 0xffff_ffff;

let messages = 0;

/**
 * What an instance hands to the broker to publish a message, by its name's number and what the test says of it. In the terms of every
 * version of the protocol: a stream takes those of its own. `role` is that of the instance.
 */
export function publishOf(number: number, sent: Sent = {}, role = ""): Publish {
  messages += 1;
  const {
    replyTo,
    cause,
    deadlineMs: lifetimeMs = 0,
    request = 0,
    payload = sealed({ id: `message ${messages}` }),
  } = sent;
  const requester = replyTo?.requester ?? 0;
  return newPublish({
    name: number,
    activityId: Buffer.from(sent.activity ?? replyTo?.activity ?? `activity ${messages}`),
    deadlineMs: Math.min(lifetimeMs, maxHandle),
    lifetimeMs,
    request,
    cause: cause?.number ?? 0,
    awaiting: request !== 0 && cause ? [...cause.awaiting, handlerOf(role, cause)] : [],
    replyInstance: requester > maxHandle ? 0 : requester,
    requester,
    replyRequest: replyTo?.replyRequest ?? 0,
    replyGuessed: sent.isReplyGuessed ?? false,
    many: sent.many ?? false,
    more: sent.more ?? false,
    envelope: typeof payload === "string" ? Buffer.from(payload) : payload,
  });
}

/** The number of a name that the role sends; of any other, one that no name has. */
export function numberOf(name: string, { sends }: { readonly sends: readonly NumberedName[] }): number {
  return sends.find((each) => each.name === name)?.number ?? 4711;
}

function handlerOf(role: string, delivery: Received): number {
  return handlerNumber(role, delivery.activity, unsealed(delivery).id);
}
