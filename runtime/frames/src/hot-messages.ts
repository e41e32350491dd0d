import type { Confirmation, Delivery, Publish } from "@exosphere/proto";
import type { WireReader } from "./wire-reader.ts";

/**
 * The messages that come by the hundred in a frame, read and written by hand: the generated code takes 1.5 to 3 times as
 * long, as it asks for room byte by byte and cares for nesting that there is none of. `frame-codec.test.ts` holds both to
 * the same bytes and to the same fields, whatever the contract adds.
 */

const none = new Uint8Array(0);

/** A publish that ends at `end`. */
export function readPublish(reader: WireReader, end: number): Publish {
  const publish: Publish = {
    name: 0,
    activityId: none,
    deadlineMs: 0,
    request: 0,
    cause: 0,
    replyInstance: 0,
    replyRequest: 0,
    envelope: none,
    replyGuessed: false,
    many: false,
    more: false,
  };
  while (reader.at < end) {
    const tag = reader.uint32();
    if (tag === 8) publish.name = reader.uint32();
    else if (tag === 18) publish.activityId = reader.bytes();
    else if (tag === 24) publish.deadlineMs = reader.uint32();
    else if (tag === 32) publish.request = reader.uint32();
    else if (tag === 66) publish.envelope = reader.bytes();
    else if (tag === 48) publish.replyInstance = reader.uint32();
    else if (tag === 56) publish.replyRequest = reader.uint32();
    else if (tag === 40) publish.cause = reader.uint32();
    else if (tag === 72) publish.replyGuessed = reader.bool();
    else if (tag === 80) publish.many = reader.bool();
    else if (tag === 88) publish.more = reader.bool();
    else reader.giveUp();
  }
  if (reader.at !== end) reader.giveUp();
  return publish;
}

/** A delivery that ends at `end`. */
export function readDelivery(reader: WireReader, end: number): Delivery {
  const delivery: Delivery = {
    name: 0,
    activityId: none,
    deadlineMs: 0,
    attempt: 0,
    replyInstance: 0,
    replyRequest: 0,
    request: 0,
    timestampSeconds: 0,
    timestampNanos: 0,
    responseTimeNs: 0,
    isSecurity: false,
    envelope: none,
    many: false,
    more: false,
  };
  while (reader.at < end) {
    const tag = reader.uint32();
    if (tag === 8) delivery.name = reader.uint32();
    else if (tag === 18) delivery.activityId = reader.bytes();
    else if (tag === 24) delivery.deadlineMs = reader.uint32();
    else if (tag === 32) delivery.attempt = reader.uint32();
    else if (tag === 40) delivery.replyInstance = reader.uint32();
    else if (tag === 48) delivery.replyRequest = reader.uint32();
    else if (tag === 56) delivery.request = reader.uint32();
    else if (tag === 64) delivery.timestampSeconds = reader.uint32();
    else if (tag === 72) delivery.timestampNanos = reader.uint32();
    else if (tag === 81) delivery.responseTimeNs = reader.double();
    else if (tag === 98) delivery.envelope = reader.bytes();
    else if (tag === 88) delivery.isSecurity = reader.bool();
    else if (tag === 104) delivery.many = reader.bool();
    else if (tag === 112) delivery.more = reader.bool();
    else reader.giveUp();
  }
  if (reader.at !== end) reader.giveUp();
  return delivery;
}

/** A run of confirmed publishes that ends at `end`. */
export function readConfirmation(reader: WireReader, end: number): Confirmation {
  const confirmation: Confirmation = { first: 0, last: 0 };
  while (reader.at < end) {
    const tag = reader.uint32();
    if (tag === 8) confirmation.first = reader.uint53();
    else if (tag === 16) confirmation.last = reader.uint53();
    else reader.giveUp();
  }
  if (reader.at !== end) reader.giveUp();
  return confirmation;
}
