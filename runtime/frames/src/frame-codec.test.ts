import assert from "node:assert/strict";
import {
  AttachRequest,
  AttachResponse,
  type Confirmation,
  Delivery,
  newAttachRequest,
  newAttachResponse,
  newCredit,
  newRefusal,
  newSchedule,
  Publish,
} from "@exosphere/proto";
import fc from "fast-check";
import { decodeRequest, decodeResponse, encodeRequest, encodeResponse } from "./frame-codec.ts";

/** Any value of a field, by what the generated code puts there if it is absent. New fields of the contract come by themselves. */
function anyField(empty: unknown, key: string): fc.Arbitrary<unknown> {
  if (typeof empty === "boolean") return fc.boolean();
  if (empty instanceof Uint8Array) return fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
  if (key === "awaiting") return fc.array(fc.maxSafeNat(), { maxLength: 16 });
  if (key === "schedule")
    return fc.option(
      fc.record({ dueAtMs: fc.maxSafeNat() }).map((fields) => newSchedule(fields)),
      { nil: undefined },
    );
  if (key === "responseTimeNs") return fc.double({ noNaN: true }).map((value) => value + 0);
  if (typeof empty === "number")
    return fc.oneof(fc.constant(0), fc.nat(300), fc.nat(0xffff_ffff), fc.constant(0xffff_ffff));
  throw new Error(`The field '${key}' is of a kind that this test does not know.`);
}

function anyMessage<T extends object>(type: { decode(bytes: Uint8Array): T }): fc.Arbitrary<T> {
  const fields = Object.entries(type.decode(new Uint8Array(0)));
  return fc.record(Object.fromEntries(fields.map(([key, empty]) => [key, anyField(empty, key)]))) as fc.Arbitrary<T>;
}

const sequence = fc.oneof(
  fc.nat(300),
  fc.nat(),
  fc.constantFrom(0x7fff_ffff, 0x8000_0000, 2 ** 53 - 1),
  fc.maxSafeNat(),
);
const anyRequest = fc
  .record({
    done: fc.array(fc.nat(0xffff_ffff)),
    abandoned: fc.array(fc.nat(0xffff_ffff), { maxLength: 2 }),
    firstSequence: sequence,
    publishes: fc.array(anyMessage(Publish)),
    credit: fc.option(
      fc.record({ window: fc.nat(1000), failing: fc.boolean(), probes: fc.nat(10) }).map((fields) => newCredit(fields)),
      {
        nil: undefined,
        freq: 1,
      },
    ),
  })
  .map((parts): AttachRequest => newAttachRequest(parts));
const anyResponse = fc
  .record({
    confirmations: fc.array(fc.record<Confirmation>({ first: sequence, last: sequence })),
    firstDelivery: fc.nat(0xffff_ffff),
    deliveries: fc.array(anyMessage(Delivery)),
    refusals: fc.array(
      fc
        .record({ sequence, reason: fc.string(), detail: fc.string(), retryAfterMs: fc.nat() })
        .map((fields) => newRefusal(fields)),
      {
        maxLength: 2,
      },
    ),
  })
  .map((parts): AttachResponse => newAttachResponse(parts));

/** A frame as text: fields in their order, bytes in hex. */
const plain = (frame: object): string =>
  JSON.stringify(frame, function (this: Record<string, unknown>, key, value: unknown) {
    const raw = this[key];
    return raw instanceof Uint8Array ? Buffer.from(raw).toString("hex") : value;
  });

describe("the codec of frames", () => {
  it("writes what the generated code reads as the same frame", () => {
    fc.assert(
      fc.property(anyRequest, (frame) => {
        assert.equal(plain(AttachRequest.decode(encodeRequest(frame))), plain(frame));
      }),
    );
    fc.assert(
      fc.property(anyResponse, (frame) => {
        assert.equal(plain(AttachResponse.decode(encodeResponse(frame))), plain(frame));
      }),
    );
  });

  it("writes what it writes by hand byte for byte as the generated code does", () => {
    const hotRequest = fc.record({
      done: fc.array(fc.nat(0xffff_ffff), { size: "medium" }),
      firstSequence: sequence,
      publishes: fc.array(anyMessage(Publish)),
    });
    const hotResponse = fc.record({
      confirmations: fc.array(fc.record<Confirmation>({ first: sequence, last: sequence })),
      firstDelivery: fc.nat(0xffff_ffff),
      deliveries: fc.array(anyMessage(Delivery)),
    });
    fc.assert(
      fc.property(hotRequest, hotResponse, (sent, received) => {
        const request = newAttachRequest(sent);
        assert.deepEqual(encodeRequest(request), Buffer.from(AttachRequest.encode(request).finish()));
        const response = newAttachResponse(received);
        assert.deepEqual(encodeResponse(response), Buffer.from(AttachResponse.encode(response).finish()));
      }),
    );
  });

  it("reads what the generated code writes, with the same fields in the same order", () => {
    fc.assert(
      fc.property(anyRequest, (frame) => {
        const bytes = Buffer.from(AttachRequest.encode(frame).finish());
        const read = decodeRequest(bytes);
        assert.equal(plain(read), plain(AttachRequest.decode(bytes)));
        assert.equal(plain(read), plain(frame));
      }),
    );
    fc.assert(
      fc.property(anyResponse, (frame) => {
        const bytes = Buffer.from(AttachResponse.encode(frame).finish());
        const read = decodeResponse(bytes);
        assert.equal(plain(read), plain(AttachResponse.decode(bytes)));
        assert.equal(plain(read), plain(frame));
      }),
    );
  });

  it("takes of any bytes what the generated code takes, and refuses what it refuses", () => {
    const valid = fc.tuple(anyRequest, fc.nat(), fc.nat(255)).map(([frame, place, byte]) => {
      const bytes = Buffer.from(AttachRequest.encode(frame).finish());
      if (bytes.length > 0) bytes[place % bytes.length] = byte;
      return bytes;
    });
    const anyBytes = fc.oneof(
      fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      valid,
      fc.tuple(valid, fc.nat()).map(([bytes, end]) => bytes.subarray(0, end % (bytes.length + 1))),
    );
    for (const [ours, generated] of [
      [decodeRequest, AttachRequest.decode],
      [decodeResponse, AttachResponse.decode],
    ] as const) {
      fc.assert(
        fc.property(anyBytes, (bytes) => {
          assert.equal(
            outcomeOf(() => ours(bytes)),
            outcomeOf(() => generated(bytes)),
          );
        }),
        { numRuns: 2000 },
      );
    }
  });

  it("refuses a number that never ends, as the generated code does", () => {
    const endless = Buffer.concat([Buffer.from([48]), Buffer.alloc(200, 0x80), Buffer.alloc(1)]);
    assert.throws(() => AttachRequest.decode(endless));
    assert.throws(() => decodeRequest(endless));
  });

  it("keeps what the last frame was out of the next, also after one that could not be written", () => {
    const publish = { ...Publish.decode(new Uint8Array(0)), name: 7 };
    const broken = newAttachRequest({ publishes: [{ ...publish, envelope: undefined as unknown as Uint8Array }] });
    assert.throws(() => encodeRequest(broken));
    const frame = newAttachRequest({ firstSequence: 1, publishes: [publish] });
    assert.equal(plain(decodeRequest(encodeRequest(frame))), plain(frame));
  });
});

/** What came of reading: the frame, or that it was refused. */
function outcomeOf(read: () => object): string {
  try {
    return plain(read());
  } catch {
    return "refused";
  }
}
