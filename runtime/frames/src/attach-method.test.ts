import assert from "node:assert/strict";
import {
  AttachRequest,
  AttachResponse,
  type Envelope,
  newAttachRequest,
  newAttachResponse,
  newEnvelope,
  newPublish,
  newUndeliverable,
} from "@exosphere/proto";
import fc from "fast-check";
import { attachMethod } from "./attach-method.ts";
import { decodeEnvelope, encodeEnvelope } from "./envelope-codec.ts";

const bytes = fc.uint8Array({ maxLength: 9000 });
const number = fc.integer({ min: 0, max: 0xffff_ffff });
const publish = fc
  .record({
    name: number,
    activityId: bytes,
    deadlineMs: number,
    request: number,
    cause: number,
    replyInstance: number,
    replyRequest: number,
    envelope: bytes,
    replyGuessed: fc.boolean(),
    many: fc.boolean(),
    more: fc.boolean(),
  })
  .map((fields) => newPublish(fields));

describe("attachMethod", () => {
  it("knows an empty frame by no bytes at all", () => {
    assert.equal(attachMethod.requestSerialize(newAttachRequest()).length, 0);
    assert.equal(attachMethod.responseSerialize(newAttachResponse()).length, 0);
    assert.deepEqual(attachMethod.requestDeserialize(Buffer.alloc(0)), newAttachRequest());
    assert.deepEqual(attachMethod.responseDeserialize(Buffer.alloc(0)), newAttachResponse());
  });

  it("encodes as the generated code does, whatever it encoded before", () => {
    fc.assert(
      fc.property(fc.array(publish, { maxLength: 5 }), fc.array(number), number, (publishes, done, firstSequence) => {
        const frame = newAttachRequest({ publishes, done, firstSequence });
        const encoded = attachMethod.requestSerialize(frame);
        assert.deepEqual(Uint8Array.from(encoded), AttachRequest.encode(frame).finish());
      }),
    );
  });

  it("gives each frame bytes of its own", () => {
    const frames = ["a", "b".repeat(10_000), "c"].map((detail) => ({
      ...newAttachResponse(),
      undeliverables: [newUndeliverable({ request: 1, reason: "NO_INSTANCE", detail })],
    }));
    const encoded = frames.map((frame) => attachMethod.responseSerialize(frame));
    assert.deepEqual(
      encoded.map((each) => AttachResponse.decode(each)),
      frames,
    );
  });

  it("is not harmed by a frame that cannot be encoded", () => {
    const broken = newAttachRequest({ firstSequence: Number.NaN });
    assert.throws(() => attachMethod.requestSerialize({ ...broken, done: [1, 2, 3] }));
    const good = newAttachRequest({ done: [4] });
    assert.deepEqual(AttachRequest.decode(attachMethod.requestSerialize(good)), good);
  });
});

describe("an envelope", () => {
  it("comes out as it went in", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 50 });
    const envelope: fc.Arbitrary<Partial<Envelope>> = fc.record({
      id: bytes,
      responseTo: bytes,
      auth: bytes,
      payload: bytes,
      traceparent: text,
      tracestate: text,
    });
    fc.assert(
      fc.property(envelope.map(newEnvelope), (sent) => {
        const got = decodeEnvelope(encodeEnvelope(sent));
        assert.deepEqual(Uint8Array.from(got.payload), Uint8Array.from(sent.payload));
        assert.deepEqual([got.traceparent, got.tracestate], [sent.traceparent, sent.tracestate]);
        assert.ok(Buffer.from(got.id).equals(sent.id) && Buffer.from(got.auth).equals(sent.auth));
      }),
    );
  });

  it("is not made of anything else", () => {
    assert.throws(() => decodeEnvelope(Uint8Array.of(0x0a, 0x7f, 1)));
  });
});
