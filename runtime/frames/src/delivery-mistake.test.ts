import assert from "node:assert/strict";
import { Delivery, type Envelope, newEnvelope } from "@exosphere/proto";
import { deliveryMistake } from "./delivery-mistake.ts";
import { encodeEnvelope } from "./envelope-codec.ts";

const none = Buffer.alloc(0);
const envelope = newEnvelope({ id: Buffer.from("id"), payload: Buffer.from("1") });

function mistakeOf(of: Partial<Envelope>, fields: Partial<Delivery> = {}): string | undefined {
  const encoded = encodeEnvelope({ ...envelope, ...of });
  return deliveryMistake({ ...Delivery.decode(none), activityId: Buffer.from("a"), envelope: encoded, ...fields });
}

const bad: readonly (readonly [string, Uint8Array])[] = [
  ["with a line end", Buffer.from("a\ndata: x")],
  ["with a carriage return", Buffer.from("a\r")],
  ["with an escape character", Buffer.from("\u001b[2J")],
  ["with DEL", Buffer.from("\u007f")],
  ["with a control character of C1", Buffer.from("a\u0085")],
  ["of 256 characters", Buffer.from("a".repeat(256))],
  ["of 256 wide characters", Buffer.from("é".repeat(256))],
  ["that is not UTF-8", Buffer.from([0x61, 0xff])],
];

describe("deliveryMistake", () => {
  it("takes ids of 1 to 255 characters, also wide ones, with or without an id that is replied to", () => {
    for (const text of ["a", "a".repeat(255), "é".repeat(255), "😀 x"]) {
      const id = Buffer.from(text);
      assert.equal(mistakeOf({ id, responseTo: id }, { activityId: id }), undefined);
    }
    assert.equal(mistakeOf({}), undefined);
  });

  for (const [what, id] of bad)
    it(`refuses an id ${what}`, () => {
      assert.match(mistakeOf({ id }) ?? "", /^Its id /);
      assert.match(mistakeOf({ responseTo: id }) ?? "", /^The id that it replies to /);
      assert.match(mistakeOf({}, { activityId: id }) ?? "", /^Its activity id /);
    });

  it("refuses a message without an id, or without an activity", () => {
    assert.match(mistakeOf({ id: none }) ?? "", /^Its id /);
    assert.match(mistakeOf({}, { activityId: none }) ?? "", /^Its activity id /);
  });

  it("refuses what is not an envelope, and reads one that is written in an unusual way", () => {
    assert.match(deliveryMistakeOfBytes("ffff") ?? "", /envelope/);
    // An unknown field 15 before the rest, which the generated code skips.
    const unusual = Buffer.concat([Buffer.from("7a0101", "hex"), encodeEnvelope(envelope)]);
    assert.equal(deliveryMistakeOfBytes(unusual.toString("hex")), undefined);
    const withLineEnd = Buffer.concat([
      Buffer.from("7a0101", "hex"),
      encodeEnvelope({ ...envelope, id: Buffer.from("\n") }),
    ]);
    assert.match(deliveryMistakeOfBytes(withLineEnd.toString("hex")) ?? "", /^Its id /);
  });

  for (const [what, fields] of [
    ["a response time that is not a number", { responseTimeNs: Number.NaN }],
    ["a negative response time", { responseTimeNs: -1 }],
    ["an infinite response time", { responseTimeNs: Number.POSITIVE_INFINITY }],
    ["more nanoseconds than a second has", { timestampNanos: 1_000_000_000 }],
  ] as const)
    it(`refuses ${what}`, () => assert.match(mistakeOf({}, fields) ?? "", /times/));
});

function deliveryMistakeOfBytes(hex: string): string | undefined {
  return deliveryMistake({ ...Delivery.decode(none), activityId: Buffer.from("a"), envelope: Buffer.from(hex, "hex") });
}
