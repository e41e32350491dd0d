import { newPublish, type Publish } from "@exosphere/proto";
import type { Sent } from "./driver.ts";

/** A name of a role, and how it is called on the wire. */
interface NumberedName {
  readonly name: string;
  readonly number: number;
}

let activities = 0;

/** What an instance hands to the broker to publish a message, by its name's number and what the test says of it. */
export function publishOf(number: number, sent: Sent = {}): Publish {
  const { replyTo, cause, payload = "null" } = sent;
  return newPublish({
    name: number,
    activityId: Buffer.from(sent.activity ?? replyTo?.activity ?? `activity ${++activities}`),
    deadlineMs: sent.deadlineMs ?? 0,
    request: sent.request ?? 0,
    cause: cause?.number ?? 0,
    replyInstance: replyTo?.replyInstance ?? 0,
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
