import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { Refusal } from "@exosphere/message";
import { checkPayload, headOfRequest } from "./draft-of-request.ts";

/** A request with these headers, as Node gives them: bytes as Latin-1. */
function requestWith(headers: Record<string, string>): IncomingMessage {
  const asNode = Object.entries(headers).map(([name, value]) => [name, Buffer.from(value).toString("latin1")]);
  return { headers: Object.fromEntries(asNode) } as IncomingMessage;
}

const refused = (pattern: RegExp) => (error: unknown) => error instanceof Refusal && pattern.test(error.message);

describe("the head of a message in a request", () => {
  it("has the name of the path, and nothing that no header says", () => {
    assert.deepEqual(headOfRequest(requestWith({ "content-type": "text/plain" }), "user created"), {
      name: "user created",
      id: undefined,
      activityId: undefined,
      responseTo: undefined,
      auth: undefined,
      traceparent: undefined,
      tracestate: undefined,
      deadlineMs: undefined,
    });
  });

  it("has what the headers say", () => {
    const head = headOfRequest(
      requestWith({
        "exo-message-id": "m1",
        "exo-activity-id": "a1",
        "exo-response-to": "m0",
        "exo-auth": '{"user":12345678901234567890}',
        "exo-deadline": "1.5s",
        traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        tracestate: "vendor=1",
      }),
      "x",
    );
    const { auth, ...rest } = head;
    assert.deepEqual(rest, {
      name: "x",
      id: "m1",
      activityId: "a1",
      responseTo: "m0",
      traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      tracestate: "vendor=1",
      deadlineMs: 1500,
    });
    assert.equal(Buffer.from(auth ?? []).toString(), '{"user":12345678901234567890}');
  });

  it("takes empty headers for absent, and auth that is null", () => {
    const head = headOfRequest(requestWith({ "exo-message-id": "", "exo-auth": "", "exo-deadline": "" }), "x");
    assert.deepEqual([head.id, head.auth, head.deadlineMs], [undefined, undefined, undefined]);
    assert.equal(headOfRequest(requestWith({ "exo-auth": "null" }), "x").auth, undefined);
  });

  it("reads headers as UTF-8", () => {
    const head = headOfRequest(requestWith({ "exo-message-id": "grüße 👍", "exo-auth": '"微博"' }), "x");
    assert.equal(head.id, "grüße 👍");
    assert.equal(Buffer.from(head.auth ?? []).toString(), '"微博"');
  });

  it("is refused for a name, auth or deadline that is none", () => {
    assert.throws(() => headOfRequest(requestWith({}), "\0"), refused(/control characters/));
    assert.throws(() => headOfRequest(requestWith({ "exo-auth": "me" }), "x"), refused(/^exo-auth must be JSON/));
    assert.throws(() => headOfRequest(requestWith({ "exo-deadline": "5" }), "x"), refused(/'5' is not a deadline/));
  });
});

describe("a body as payload", () => {
  it("is JSON of any kind, byte for byte", () => {
    for (const text of ["0", "null", '""', "[]", " {} ", "12345678901234567890", '"\\ud800"', '{"a":1,"a":2}']) {
      const body = Buffer.from(text);
      assert.equal(checkPayload(body), body);
    }
  });

  it("may be empty", () => {
    assert.equal(checkPayload(Buffer.alloc(0)).length, 0);
  });

  it("is refused if it is anything else", () => {
    for (const text of [
      " ",
      "hello",
      "{",
      "'a'",
      "01",
      "+1",
      "NaN",
      "undefined",
      "{a:1}",
      "[1,]",
      "1 2",
      "\ufeff1",
      '"\n"',
      '{"a":1}x',
    ]) {
      assert.throws(() => checkPayload(Buffer.from(text)), refused(/^The body must be JSON/), text);
    }
  });

  it("is refused if it is not UTF-8", () => {
    for (const bytes of [
      [0x22, 0xff, 0x22],
      [0x22, 0xc3, 0x28, 0x22],
      [0x22, 0xed, 0xa0, 0x80, 0x22],
      [0xff, 0xfe, 0x31, 0x00],
    ]) {
      assert.throws(() => checkPayload(Buffer.from(bytes)), refused(/not UTF-8/));
    }
  });
});
