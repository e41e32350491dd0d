import { Envelope } from "@exosphere/proto";
import { encode } from "./shared-writer.ts";

/** An envelope as it travels. */
export function encodeEnvelope(envelope: Envelope): Uint8Array {
  return encode(envelope, Envelope);
}

/** What travelled. Throws what the decoder throws if it is not an envelope. Its bytes are views of `bytes`. */
export function decodeEnvelope(bytes: Uint8Array): Envelope {
  return Envelope.decode(bytes);
}
