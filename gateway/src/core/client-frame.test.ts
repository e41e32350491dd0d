import assert from "node:assert/strict";
import { type Members, Refusal } from "@exosphere/message";
import { jsonMistake, rawMembers } from "@exosphere/message/json";
import fc from "fast-check";
import { clientFrameOf, refOfAny } from "./client-frame.ts";
import { acceptedFrame, problemFrame } from "./server-frame.ts";

function members(text: string): Members {
  const found = rawMembers(Buffer.from(text));
  assert.ok(found);
  return found;
}

describe("the frames of clients", () => {
  it("are messages if they have a name, and control if they have a type", () => {
    const message = clientFrameOf(
      members('{"name":"a b","payload":[1],"ref":1.0,"deadline":"2s","auth":{"user":"x"}}'),
    );
    assert.ok(message.kind === "message");
    assert.deepEqual(
      [message.ref, message.draft.name, message.draft.deadlineMs, message.draft.auth],
      ["1.0", "a b", 2000, undefined],
    );
    assert.equal(Buffer.from(message.draft.payload).toString(), "[1]");
    assert.equal(clientFrameOf(members('{"name":"x","type":"connect"}')).kind, "message");
    assert.deepEqual(clientFrameOf(members('{"type":"connect","offset":3,"ack":true,"names":["a"]}')), {
      kind: "connect",
      session: undefined,
      offset: 3,
      token: undefined,
      isAcking: true,
      names: ["a"],
    });
  });

  for (const text of [
    "{}",
    '{"type":"other"}',
    '{"name":"x","ref":{}}',
    '{"name":"x","request":true}',
    '{"name":"x","request":1,"ref":1}',
    '{"name":"x","key":""}',
    '{"name":"x","deadline":"1"}',
    '{"type":"connect","offset":-1}',
    '{"type":"connect","offset":1.5}',
    '{"type":"connect","names":"a"}',
    '{"type":"connect","token":7}',
    '{"type":"ack"}',
    '{"type":"refresh"}',
    '{"type":"subscribe"}',
  ])
    it(`are refused if they are ${text}`, () => assert.throws(() => clientFrameOf(members(text)), Refusal));

  it("are read or refused, whatever they are", () => {
    const value = fc.jsonValue();
    const keys = [
      "type",
      "name",
      "ref",
      "offset",
      "token",
      "names",
      "ack",
      "request",
      "key",
      "payload",
      "deadline",
      "id",
    ];
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...keys), fc.oneof(value, fc.constantFrom("connect", "ack", "x"))),
        (frame) => {
          try {
            clientFrameOf(members(JSON.stringify(frame)));
          } catch (error) {
            assert.ok(error instanceof Refusal, String(error));
          }
        },
      ),
    );
  });

  it("are answered under their ref, as it came", () => {
    for (const ref of ["12345678901234567890", '"\\u0041"', "-0.5e3"]) {
      const found = refOfAny(members(`{"ref":${ref}}`));
      for (const text of [acceptedFrame(found, "i", "a"), problemFrame(found, {})]) {
        assert.equal(jsonMistake(Buffer.from(text)), undefined);
        assert.ok(text.includes(`"ref":${ref}`));
      }
    }
  });
});
