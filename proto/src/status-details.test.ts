import assert from "node:assert/strict";
import { BinaryReader, BinaryWriter } from "@bufbuild/protobuf/wire";
import fc from "fast-check";
import { catalogue, type Reason } from "./catalogue.ts";
import { ExoError } from "./exo-error.ts";
import { decodeStatusDetails, encodeStatusDetails } from "./status-details.ts";

const errorInfo = "type.googleapis.com/google.rpc.ErrorInfo";

/** A google.rpc.Status with one detail of this type and value. */
function statusWith(type: string, value: Uint8Array): Uint8Array {
  const any = new BinaryWriter().uint32(10).string(type).uint32(18).bytes(value).finish();
  return new BinaryWriter().uint32(8).int32(5).uint32(18).string("a detail").uint32(26).bytes(any).finish();
}

describe("status details", () => {
  it("carry an error to the other end", () => {
    const reason = fc.constantFrom(...(Object.keys(catalogue) as Reason[]));
    const text = fc.string({ unit: "grapheme" });
    const facts = fc.dictionary(
      text.filter((key) => key !== "retryAfterMs" && key !== "__proto__"),
      text,
    );
    const retryAfterMs = fc.option(fc.nat(), { nil: undefined });
    fc.assert(
      fc.property(reason, text, facts, retryAfterMs, (why, detail, about, retry) => {
        const sent = new ExoError(why, detail, {
          facts: about,
          ...(retry === undefined ? {} : { retryAfterMs: retry }),
        });
        const got = decodeStatusDetails(encodeStatusDetails(sent));
        assert.deepEqual([got?.reason, got?.detail, got?.retryAfterMs], [why, detail, retry]);
        assert.deepEqual({ ...got?.facts }, { ...about });
      }),
    );
  });

  it("have the canonical code as google.rpc.Status has it", () => {
    const reader = new BinaryReader(encodeStatusDetails(new ExoError("NO_RECEIVERS", "nobody")));
    assert.deepEqual(reader.tag(), [1, 0]);
    assert.equal(reader.int32(), 5);
    assert.deepEqual(reader.tag(), [2, 2]);
    assert.equal(reader.string(), "nobody");
  });

  it("turn numbers and truth values into text, as ErrorInfo has only that", () => {
    const got = decodeStatusDetails(
      encodeStatusDetails(new ExoError("RATE_LIMITED", "", { facts: { limit: 3, isOpen: true } })),
    );
    assert.deepEqual(got?.facts, { limit: "3", isOpen: "true" });
  });

  it("of somebody else are not ours", () => {
    const info = new BinaryWriter().uint32(10).string("NO_RECEIVERS").uint32(18).string("example.com").finish();
    assert.equal(decodeStatusDetails(statusWith(errorInfo, info)), undefined);
    assert.equal(decodeStatusDetails(statusWith("type.googleapis.com/google.rpc.RetryInfo", info)), undefined);
  });

  it("are found behind details of other types", () => {
    const ours = encodeStatusDetails(new ExoError("NO_RECEIVERS", "nobody"));
    const other = new BinaryWriter().uint32(10).string("type.googleapis.com/google.rpc.Help").finish();
    const both = new BinaryWriter().uint32(26).bytes(other).finish();
    assert.equal(decodeStatusDetails(Buffer.concat([both, ours]))?.reason, "NO_RECEIVERS");
  });

  it("of a reason that is not known here become INTERNAL", () => {
    const info = new BinaryWriter().uint32(10).string("BRAND_NEW").uint32(18).string("exosphere").finish();
    const got = decodeStatusDetails(statusWith(errorInfo, info));
    assert.deepEqual([got?.reason, got?.detail], ["INTERNAL", "a detail"]);
  });

  it("that are garbage are none, and never throw", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        decodeStatusDetails(bytes);
      }),
    );
    const good = encodeStatusDetails(new ExoError("NO_RECEIVERS", "nobody", { facts: { name: "x" } }));
    for (let length = 0; length < good.length; length += 1) {
      assert.equal(decodeStatusDetails(good.subarray(0, length)), undefined);
    }
    fc.assert(
      fc.property(fc.nat({ max: good.length - 1 }), fc.nat({ max: 255 }), (place, value) => {
        const bad = Uint8Array.from(good);
        bad[place] = value;
        decodeStatusDetails(bad);
      }),
    );
  });
});
