import { Envelope } from "@exosphere/proto";
import { WireReader } from "./wire-reader.ts";
import { chunkSize } from "./wire-sizes.ts";

/** What two apps say to each other. Ids may be given as text, which is then written only once. */
export interface EnvelopeFields extends Omit<Envelope, "id" | "responseTo"> {
  readonly id: Uint8Array | string;
  readonly responseTo: Uint8Array | string;
}

const none = new Uint8Array(0);

/**
 * An envelope as it travels. By hand, as there is one for each message: from the ids to the bytes 240 ns instead of 650 with
 * the generated code, which wants its ids as bytes.
 */
export function encodeEnvelope(fields: EnvelopeFields): Uint8Array {
  const { id, responseTo, auth, payload, traceparent, tracestate } = fields;
  const bytes = Buffer.allocUnsafe(
    chunkSize(lengthOf(id)) +
      chunkSize(lengthOf(responseTo)) +
      chunkSize(auth.length) +
      chunkSize(payload.length) +
      chunkSize(lengthOf(traceparent)) +
      chunkSize(lengthOf(tracestate)),
  );
  let at = write(bytes, 0, 10, id);
  at = write(bytes, at, 18, responseTo);
  at = write(bytes, at, 26, auth);
  at = write(bytes, at, 34, payload);
  at = write(bytes, at, 42, traceparent);
  write(bytes, at, 50, tracestate);
  return bytes;
}

/** What travelled. Throws what the generated code throws if it is not an envelope. Its bytes are views of `bytes`. */
export function decodeEnvelope(bytes: Uint8Array): Envelope {
  const reader = new WireReader(
    Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  );
  const envelope: Envelope = {
    id: none,
    responseTo: none,
    auth: none,
    payload: none,
    traceparent: "",
    tracestate: "",
  };
  while (reader.at < reader.end) {
    const tag = reader.uint32();
    if (tag === 10) envelope.id = reader.bytes();
    else if (tag === 18) envelope.responseTo = reader.bytes();
    else if (tag === 26) envelope.auth = reader.bytes();
    else if (tag === 34) envelope.payload = reader.bytes();
    else if (tag === 42) envelope.traceparent = reader.ascii();
    else if (tag === 50) envelope.tracestate = reader.ascii();
    else reader.giveUp();
  }
  return reader.isPlain ? envelope : Envelope.decode(bytes);
}

function lengthOf(chunk: Uint8Array | string): number {
  return typeof chunk === "string" ? Buffer.byteLength(chunk) : chunk.length;
}

function write(bytes: Buffer, start: number, tag: number, chunk: Uint8Array | string): number {
  const length = lengthOf(chunk);
  if (length === 0) return start;
  let at = start;
  bytes[at++] = tag;
  let rest = length;
  while (rest > 0x7f) {
    bytes[at++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  bytes[at++] = rest;
  if (typeof chunk === "string") bytes.write(chunk, at);
  else bytes.set(chunk, at);
  return at + length;
}
