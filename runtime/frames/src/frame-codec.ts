import { AttachRequest, AttachResponse } from "@exosphere/proto";
import { emptyRequest, emptyResponse } from "./attach-frames.ts";
import { readConfirmation, readDelivery, readPublish } from "./hot-messages.ts";
import { encode, encodeWith } from "./shared-writer.ts";
import { WireReader } from "./wire-reader.ts";
import { WireWriter } from "./wire-writer.ts";

/** A frame of an instance as bytes. All but its publishes is left to the generated code. */
export function encodeRequest(frame: AttachRequest): Buffer {
  const { publishes } = frame;
  if (publishes.length === 0) return encode(frame, AttachRequest);
  return encodeWith({ ...frame, publishes: [] }, AttachRequest, WireWriter.roomFor(publishes), (bytes, at) => {
    const writer = new WireWriter(bytes, at);
    for (const publish of publishes) writer.publish(publish);
    return writer.at;
  });
}

/** A frame of a broker as bytes. All but its deliveries is left to the generated code. */
export function encodeResponse(frame: AttachResponse): Buffer {
  const { deliveries } = frame;
  if (deliveries.length === 0) return encode(frame, AttachResponse);
  return encodeWith({ ...frame, deliveries: [] }, AttachResponse, WireWriter.roomFor(deliveries), (bytes, at) => {
    const writer = new WireWriter(bytes, at);
    for (const delivery of deliveries) writer.delivery(delivery);
    return writer.at;
  });
}

/** What an instance sent. Throws what the generated code throws if it is no frame. Its bytes are views. */
export function decodeRequest(bytes: Buffer): AttachRequest {
  const reader = new WireReader(bytes);
  const frame = emptyRequest();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    if (tag === 58) frame.publishes.push(readPublish(reader, reader.endOfLength()));
    else if (tag === 26) readNumbers(reader, frame.done);
    else if (tag === 48) frame.firstSequence = reader.uint53();
    else reader.giveUp();
  }
  return reader.isPlain ? frame : AttachRequest.decode(bytes);
}

/** What a broker sent. Throws what the generated code throws if it is no frame. Its bytes are views. */
export function decodeResponse(bytes: Buffer): AttachResponse {
  const reader = new WireReader(bytes);
  const frame = emptyResponse();
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    if (tag === 50) frame.deliveries.push(readDelivery(reader, reader.endOfLength()));
    else if (tag === 26) frame.confirmations.push(readConfirmation(reader, reader.endOfLength()));
    else if (tag === 40) frame.firstDelivery = reader.uint32();
    else reader.giveUp();
  }
  return reader.isPlain ? frame : AttachResponse.decode(bytes);
}

function readNumbers(reader: WireReader, numbers: number[]): void {
  const end = reader.endOfLength();
  while (reader.at < end) numbers.push(reader.uint32());
  if (reader.at !== end) reader.giveUp();
}
