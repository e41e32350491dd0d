import assert from "node:assert/strict";
import { encodeEnvelope } from "@exosphere/frames";
import { Incoming } from "@exosphere/link";
import { Delivery, newEnvelope } from "@exosphere/proto";
import { messageOf } from "./message.ts";

/** As it is read when the bus accepted it at this moment. */
function acceptedAt(timestampSeconds: number, timestampNanos: number): string {
  const envelope = encodeEnvelope(newEnvelope({ id: Buffer.from("1") }));
  const delivery = { ...Delivery.decode(new Uint8Array(0)), envelope, timestampSeconds, timestampNanos };
  return messageOf(new Incoming({ name: "ping", number: 1, delivery, connection: {} })).timestamp;
}

describe("The timestamp of a message", () => {
  it("has all nine digits of its second", () => {
    for (const nanos of [0, 1, 999, 1000, 1001, 20_300, 1_000_000, 123_456_789, 987_000_001, 999_999_999])
      assert.equal(acceptedAt(1_700_000_000, nanos), `2023-11-14T22:13:20.${`${nanos}`.padStart(9, "0")}Z`);
    assert.equal(acceptedAt(1_700_000_001, 5), "2023-11-14T22:13:21.000000005Z");
    assert.equal(acceptedAt(1_700_000_000, 5), "2023-11-14T22:13:20.000000005Z");
  });
});
