import assert from "node:assert/strict";
import { AttachRequest, AttachResponse, Envelope } from "@exosphere/proto";
import fc from "fast-check";
import { anyField, anyFields, bytesOf, messageOf, plain } from "./contract-messages.fixture.ts";
import { decodeEnvelope, encodeEnvelope } from "./envelope-codec.ts";
import { decodeRequest, decodeResponse, encodeRequest, encodeResponse } from "./frame-codec.ts";

/** Our codecs, and that of ts-proto for the same. */
const codecs = [
  { name: "AttachRequest", generated: AttachRequest, decode: decodeRequest, encode: encodeRequest },
  { name: "AttachResponse", generated: AttachResponse, decode: decodeResponse, encode: encodeResponse },
  { name: "Envelope", generated: Envelope, decode: decodeEnvelope, encode: encodeEnvelope },
] as const;

for (const { name, generated, decode, encode } of codecs) {
  describe(`the codec of ${name}`, () => {
    const message = messageOf(name);
    const all = generated as { decode(bytes: Uint8Array): object };
    const agree = (bytes: Buffer) => {
      const read = decode(bytes);
      assert.equal(plain(read), plain(all.decode(bytes)), "read otherwise than by ts-proto");
      const written = (encode as (read: object) => Uint8Array)(read);
      assert.equal(plain(all.decode(written)), plain(read), "what was written is not what was to be written");
    };

    for (const field of message.fields)
      it(`keeps the field '${field.name}', alone and beside others`, () => {
        fc.assert(
          fc.property(anyField(field, 0), anyFields(message), (write, others) => {
            const alone = bytesOf([write]);
            const isDropped = plain(decode(alone)) === plain(decode(Buffer.alloc(0)));
            assert.equal(isDropped, false, `'${field.name}' is dropped when it is read`);
            agree(alone);
            agree(bytesOf([...others, write]));
          }),
          { numRuns: 30 },
        );
      });

    it("agrees with ts-proto about whole messages, with parts of later versions among them", () => {
      fc.assert(
        fc.property(anyFields(message), (writes) => agree(bytesOf(writes))),
        { numRuns: 300 },
      );
    });
  });
}
