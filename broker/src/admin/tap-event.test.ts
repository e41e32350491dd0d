import assert from "node:assert/strict";
import { encodeEnvelope } from "@exosphere/frames";
import { listedFields } from "@exosphere/message/fields";
import { sampleOf } from "@exosphere/testkit/field-samples";
import { addEnvelope, newEvent } from "./tap-event.ts";

const inEnvelopes = listedFields.filter(({ wire }) => wire.Envelope !== undefined);

/** A value as an envelope has it: JSON is its text there. */
function sample(field: (typeof listedFields)[number]): unknown {
  const { value, header } = sampleOf(field);
  return field.form.type === "json" ? header : value;
}

describe("An event of a tap", () => {
  it("tells every field of an envelope that the list of fields has for it", () => {
    const envelope = Object.fromEntries(inEnvelopes.map((field) => [field.wire.Envelope, sample(field)]));
    const event = newEvent("PUBLISHED", 0);
    const encoded = encodeEnvelope(envelope as unknown as Parameters<typeof encodeEnvelope>[0]);
    addEnvelope(event, encoded, { withPayload: true, maxPayloadBytes: 100 });
    const told = event as unknown as Readonly<Record<string, unknown>>;
    for (const field of inEnvelopes) {
      if (field.wire.TapEvent === undefined) continue;
      const value = told[field.wire.TapEvent];
      assert.equal(value instanceof Uint8Array ? Buffer.from(value).toString() : value, sample(field), field.name);
    }
  });
});
