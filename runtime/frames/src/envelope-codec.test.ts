import assert from "node:assert/strict";
import { Envelope, newEnvelope } from "@exosphere/proto";
import fc from "fast-check";
import { anyFields, bytesOf, messageOf } from "./contract-messages.fixture.ts";
import { decodeEnvelope, encodeEnvelope, encodeText, idIn } from "./envelope-codec.ts";
import { EnvelopeReader } from "./envelope-reader.ts";

/** With characters of one to four bytes, and halves of such that make none. */
const text = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.constant("\ud800"),
);
/** Around the lengths that take one byte more. */
const payload = fc.oneof(
  text,
  fc
    .tuple(fc.constantFrom("x", "é", "€", "😀"), fc.constantFrom(42, 63, 127, 128, 129, 1023, 1025))
    .map(([unit, times]) => unit.repeat(times)),
  fc.constant("€".repeat(9000)),
);
const trace = fc.string({ maxLength: 40 });
/** The rest of an envelope is absent: the property over all of its fields stands below. */
const rest = newEnvelope();
const texts = fc
  .record({ id: text, responseTo: text, auth: text, payload, traceparent: trace, tracestate: trace })
  .map((fields) => ({ ...rest, ...fields }));

const bytes = (value: string) => Buffer.from(value);

describe("the codec of envelopes", () => {
  it("writes texts, and bytes, as the generated code writes their bytes", () => {
    fc.assert(
      fc.property(texts, (fields) => {
        const { id, responseTo, auth, payload: json, traceparent, tracestate } = fields;
        const asBytes = { id: bytes(id), responseTo: bytes(responseTo), auth: bytes(auth), payload: bytes(json) };
        const generated = Buffer.from(Envelope.encode({ ...rest, ...asBytes, traceparent, tracestate }).finish());
        assert.deepEqual(Buffer.from(encodeEnvelope(fields)), generated);
        assert.deepEqual(Buffer.from(encodeEnvelope({ ...rest, ...asBytes, traceparent, tracestate })), generated);
      }),
    );
  });

  it("writes nothing over what it wrote before", () => {
    const written = Array.from({ length: 2000 }, (_, index) => encodeText(`${index}`.repeat(1 + (index % 90))));
    written.forEach((each, index) => {
      assert.equal(Buffer.from(each).toString(), `${index}`.repeat(1 + (index % 90)));
    });
  });

  it("finds the id in what it wrote", () => {
    const written = (id: string) => encodeEnvelope({ ...rest, id, payload: "1" });
    fc.assert(
      fc.property(
        payload.filter((id) => id !== ""),
        (id) => assert.deepEqual(Buffer.from(idIn(written(id))), bytes(id)),
      ),
    );
  });

  it("reads the texts of what it decodes", () => {
    fc.assert(
      fc.property(texts, (fields) => {
        const encoded = encodeEnvelope(fields);
        const reader = EnvelopeReader.of(encoded);
        const { id, responseTo, auth, payload: json, traceparent, tracestate } = decodeEnvelope(encoded);
        assert.deepEqual(
          [reader.id, reader.responseTo, reader.auth, reader.payload, reader.traceparent, reader.tracestate],
          [...[id, responseTo, auth, json].map((each) => Buffer.from(each).toString()), traceparent, tracestate],
        );
        assert.deepEqual(Buffer.from(reader.authBytes), Buffer.from(auth));
      }),
    );
  });

  it("reads and writes every field of the contract, and skips those of later ones, as the generated code does", () => {
    fc.assert(
      fc.property(anyFields(messageOf("Envelope")), (fields) => {
        const encoded = bytesOf(fields);
        const decoded = Envelope.decode(encoded);
        assert.deepEqual(outcomeOf(decodeEnvelope, encoded), outcomeOf(Envelope.decode, encoded));
        assert.deepEqual(Buffer.from(encodeEnvelope(decoded)), Buffer.from(Envelope.encode(decoded).finish()));
      }),
    );
  });

  it("reads of any bytes what the generated code reads, or refuses them as well", () => {
    const damaged = fc.tuple(texts, fc.nat(), fc.nat(255), fc.boolean()).map(([fields, where, byte, isTwice]) => {
      const encoded = Buffer.from(encodeEnvelope(fields));
      if (encoded.length > 0) encoded[where % encoded.length] = byte;
      return isTwice ? Buffer.concat([encoded, encodeEnvelope({ ...fields, id: "", traceparent: "ä" })]) : encoded;
    });
    fc.assert(
      fc.property(damaged, (encoded) =>
        assert.deepEqual(outcomeOf(decodeEnvelope, encoded), outcomeOf(Envelope.decode, encoded)),
      ),
      { numRuns: 2000 },
    );
  });
});

/** What came of decoding, with bytes in hex. */
function outcomeOf(decode: (encoded: Uint8Array) => Envelope, encoded: Uint8Array): unknown {
  try {
    return Object.entries(decode(encoded)).map(([key, value]: [string, string | number | Uint8Array]) => [
      key,
      value instanceof Uint8Array ? Buffer.from(value).toString("hex") : value,
    ]);
  } catch {
    return "refused";
  }
}
