import assert from "node:assert/strict";
import fc from "fast-check";
import { jsonForApp } from "./gen/exits.ts";
import type { ShownMessage } from "./message-types.ts";

const encoder = new TextEncoder();

function incomingWith(
  fields: Partial<ShownMessage> & { readonly payload?: string; readonly auth?: string },
): ShownMessage {
  const { payload = "", auth = "", ...rest } = fields;
  return {
    name: "users.create",
    id: "m1",
    activityId: "a1",
    responseTo: "",
    attempt: 1,
    timestampSeconds: 1_795_435_200,
    timestampNanos: 0,
    responseTimeNs: 0,
    isSecurity: false,
    envelope: { payload: encoder.encode(payload), auth: encoder.encode(auth) },
    ...rest,
  };
}

describe("a message as JSON", () => {
  it("has the fields of the contract, and no others", () => {
    assert.equal(
      jsonForApp(incomingWith({ payload: '{"a":1}', responseTimeNs: 1_234_567, attempt: 2 })),
      '{"name":"users.create","payload":{"a":1},"id":"m1","activityId":"a1","auth":null,"isSecurity":false,' +
        '"sender":"","timestamp":"2026-11-23T12:00:00.000000000Z","responseTime":1234567,"attempt":2}',
    );
  });

  it("says what it replies to where that is known", () => {
    const { responseTo } = JSON.parse(jsonForApp(incomingWith({ responseTo: 'm"0' })));
    assert.equal(responseTo, 'm"0');
    assert.ok(!("responseTo" in JSON.parse(jsonForApp(incomingWith({})))));
  });

  it("has null for payload and auth that are absent", () => {
    const { payload, auth } = JSON.parse(jsonForApp(incomingWith({})));
    assert.deepEqual([payload, auth], [null, null]);
  });

  it("carries auth and isSecurity", () => {
    const { auth, isSecurity } = JSON.parse(jsonForApp(incomingWith({ auth: '{"user":7}', isSecurity: true })));
    assert.deepEqual([auth, isSecurity], [{ user: 7 }, true]);
  });

  it("keeps the payload byte for byte", () => {
    for (const payload of [
      "12345678901234567890",
      "-0.0",
      "1E400",
      '{"b":1,"a":2,"10":3,"9":4,"__proto__":5,"a":6}',
      '"\\u00e9\\/\\ud83d\\udc4d \\ud800 \u2028 é 👍"',
      ' {\n\t"a" : [ 1 , 2 ]\r\n} ',
      "[[[[]]]]",
    ]) {
      assert.ok(jsonForApp(incomingWith({ payload })).includes(`"payload":${payload},"id":`), payload);
    }
  });

  it("is JSON whatever stands in names, ids, payload and auth", () => {
    const text = fc.string({ unit: "binary" });
    fc.assert(
      fc.property(text, text, text, fc.jsonValue(), fc.jsonValue(), (name, id, activityId, payload, auth) => {
        const fields = { name, id, activityId, payload: JSON.stringify(payload), auth: JSON.stringify(auth) };
        const read = JSON.parse(jsonForApp(incomingWith(fields)));
        assert.deepEqual([read.name, read.id, read.activityId], [name, id, activityId]);
        assert.equal(JSON.stringify([read.payload, read.auth]), JSON.stringify([payload, auth]));
      }),
    );
  });
});

describe("the timestamp of a message", () => {
  const stamp = (timestampSeconds: number, timestampNanos: number): string =>
    JSON.parse(jsonForApp(incomingWith({ timestampSeconds, timestampNanos }))).timestamp;

  it("has nanoseconds, always nine digits", () => {
    assert.equal(stamp(1_795_435_200, 0), "2026-11-23T12:00:00.000000000Z");
    assert.equal(stamp(1_795_435_200, 7), "2026-11-23T12:00:00.000000007Z");
    assert.equal(stamp(1_795_435_200, 999_999_999), "2026-11-23T12:00:00.999999999Z");
  });

  it("is right in whatever order seconds come", () => {
    assert.equal(stamp(0, 5), "1970-01-01T00:00:00.000000005Z");
    assert.equal(stamp(1, 5), "1970-01-01T00:00:01.000000005Z");
    assert.equal(stamp(0, 6), "1970-01-01T00:00:00.000000006Z");
  });

  it("is RFC 3339 as long as the contract's 32 bits last", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 0xffff_ffff }),
        fc.integer({ min: 0, max: 999_999_999 }),
        (seconds, nanos) => {
          const text = stamp(seconds, nanos);
          assert.match(text, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z$/);
          assert.equal(Math.floor(Date.parse(text) / 1000), seconds);
          assert.equal(Number(text.slice(20, 29)), nanos);
        },
      ),
    );
  });
});
