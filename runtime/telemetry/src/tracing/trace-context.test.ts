import assert from "node:assert/strict";
import fc from "fast-check";
import { parseTraceparent, traceContext } from "./trace-context.ts";

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const spanId = "00f067aa0ba902b7";

describe("a traceparent", () => {
  it("names a trace, a span, and whether it is recorded", () => {
    assert.deepEqual(parseTraceparent(`00-${traceId}-${spanId}-01`), { traceId, spanId, isSampled: true });
    assert.deepEqual(parseTraceparent(`00-${traceId}-${spanId}-00`), { traceId, spanId, isSampled: false });
  });

  it("may have other flags, and more of a later version", () => {
    assert.equal(parseTraceparent(`00-${traceId}-${spanId}-03`)?.isSampled, true);
    assert.equal(parseTraceparent(`00-${traceId}-${spanId}-02`)?.isSampled, false);
    assert.equal(parseTraceparent(`cc-${traceId}-${spanId}-01-what the future brings`)?.isSampled, true);
  });

  it("is nothing if it breaks the form", () => {
    for (const text of [
      "",
      "00",
      `ff-${traceId}-${spanId}-01`,
      `00-${traceId}-${spanId}-01-more`,
      `00-${traceId}-${spanId}-1`,
      `00-${traceId}-${spanId}`,
      `00-${traceId.toUpperCase()}-${spanId}-01`,
      `00-${"0".repeat(32)}-${spanId}-01`,
      `00-${traceId}-${"0".repeat(16)}-01`,
      ` 00-${traceId}-${spanId}-01`,
      `cc-${traceId}-${spanId}-01.more`,
    ])
      assert.equal(parseTraceparent(text), undefined, text);
  });

  it("comes out as it was written", () => {
    const hex = (digits: number) =>
      fc
        .array(fc.constantFrom(..."0123456789abcdef"), { minLength: digits, maxLength: digits })
        .map((all) => all.join(""))
        .filter((all) => !/^0+$/.test(all));
    fc.assert(
      fc.property(hex(32), hex(16), fc.boolean(), (trace, span, isSampled) => {
        const parent = { traceId: trace, spanId: span, isSampled };
        assert.deepEqual(parseTraceparent(traceContext(parent, "").traceparent), parent);
      }),
    );
  });

  it("is read or not, but nothing trips over any text", () => {
    fc.assert(fc.property(fc.string(), (text) => void parseTraceparent(text)));
  });
});
