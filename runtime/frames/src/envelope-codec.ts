import type { Buffer } from "node:buffer";
import type { Envelope } from "@exosphere/proto";
import { roomFor } from "./envelope-chunks.ts";
import { EnvelopeReader } from "./envelope-reader.ts";
import { type EnvelopeFields, roomOfEnvelope, writeEnvelope } from "./gen/envelope.ts";
import { piece } from "./slab.ts";

/**
 * An envelope as it travels. Not by ts-proto, as there is one for each message: from texts to the bytes 150 ns, where that code, which
 * wants bytes, takes 650.
 */
export function encodeEnvelope(fields: EnvelopeFields): Uint8Array {
  return piece(fields, roomOfEnvelope(fields), writeEnvelope);
}

/** A text as bytes, cut from the same slab as envelopes are. */
export function encodeText(text: string): Uint8Array {
  return piece(text, roomFor(text), writeText);
}

/** The bytes of the id in an envelope that was just encoded with one. It is what it begins with. */
export function idIn(envelope: Uint8Array): Uint8Array {
  let at = 1;
  let length = 0;
  for (let shift = 0, byte = 0x80; byte >= 0x80; shift += 7) {
    byte = envelope[at++] as number;
    length |= (byte & 0x7f) << shift;
  }
  return envelope.subarray(at, at + length);
}

/** What travelled. Throws what the code of ts-proto throws if it is not an envelope. Its bytes are views of `bytes`. */
export function decodeEnvelope(bytes: Uint8Array): Envelope {
  return EnvelopeReader.of(bytes).envelope;
}

function writeText(text: string, bytes: Buffer, start: number): number {
  return start + bytes.write(text, start);
}
