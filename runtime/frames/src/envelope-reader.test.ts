import assert from "node:assert/strict";
import { newEnvelope } from "@exosphere/proto";
import fc from "fast-check";
import { decodeEnvelope, encodeEnvelope } from "./envelope-codec.ts";
import { EnvelopeReader } from "./envelope-reader.ts";

const bytes = fc.uint8Array({ maxLength: 300 });
const envelopes = fc
  .record({
    id: bytes,
    responseTo: bytes,
    auth: bytes,
    payload: bytes,
    traceparent: fc.string({ unit: "binary" }),
    tracestate: fc.string(),
  })
  .map(newEnvelope);

function decodes(encoded: Uint8Array): boolean {
  try {
    decodeEnvelope(encoded);
    return true;
  } catch {
    return false;
  }
}

const isEnvelope = (bytes: Uint8Array): boolean =>
  EnvelopeReader.mistakeIn(bytes) !== "Its envelope cannot be decoded.";

describe("EnvelopeReader.mistakeIn", () => {
  it("knows every envelope that is written", () => {
    fc.assert(fc.property(envelopes, (envelope) => isEnvelope(encodeEnvelope(envelope))));
    assert.equal(isEnvelope(new Uint8Array(0)), true);
  });

  it("says what the decoder says of what was cut or changed on its way", () => {
    const damaged = fc.tuple(envelopes, fc.nat(), fc.nat(255), fc.boolean()).map(([envelope, where, byte, isCut]) => {
      const encoded = Uint8Array.from(encodeEnvelope(envelope));
      const place = encoded.length === 0 ? 0 : where % encoded.length;
      if (isCut) return encoded.subarray(0, place);
      encoded[place] = byte;
      return encoded;
    });
    fc.assert(
      fc.property(damaged, (encoded) => assert.equal(isEnvelope(encoded), decodes(encoded))),
      { numRuns: 2000 },
    );
  });

  it("says what the decoder says of any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (encoded) => assert.equal(isEnvelope(encoded), decodes(encoded))),
      { numRuns: 5000 },
    );
    // Bytes that are no UTF-8, in the trace context.
    const broken = [Uint8Array.of(0x2a, 1, 0xff), Uint8Array.of(0x0a, 5, 1), Uint8Array.of(0x0a, 0x80)];
    for (const encoded of broken) assert.equal(isEnvelope(encoded), decodes(encoded));
  });
});
