import assert from "node:assert/strict";
import { Refusal } from "@exosphere/message";
import fc from "fast-check";
import { repliesOf } from "./app-reply.ts";

const textOf = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString();

/** The replies in an answer, as text. */
function read(body: string) {
  return repliesOf(Buffer.from(body)).map(({ name, payload, id, auth }) => ({
    name,
    payload: textOf(payload),
    id,
    auth: textOf(auth),
  }));
}

const plain = { payload: "", id: undefined, auth: undefined };

describe("the replies in an app's answer", () => {
  it("are one, or several in their order", () => {
    assert.deepEqual(read('{"reply":{"name":"users.created"}}'), [{ ...plain, name: "users.created" }]);
    assert.deepEqual(read('{"replies":[{"name":"a"},{"name":"b"},{"name":"a"}]}'), [
      { ...plain, name: "a" },
      { ...plain, name: "b" },
      { ...plain, name: "a" },
    ]);
    assert.deepEqual(read('{"replies":[]}'), []);
  });

  it("has no auth of its own where that is null", () => {
    assert.deepEqual(read('{"reply":{"name":"a","id":null,"auth": null }}'), [{ ...plain, name: "a" }]);
  });

  it("may have an id and auth of their own", () => {
    const body = '{"reply":{"name":"a","id":"7","auth":{"user":12345678901234567890}}}';
    assert.deepEqual(read(body), [{ ...plain, name: "a", id: "7", auth: '{"user":12345678901234567890}' }]);
  });

  it("keep their payloads byte for byte", () => {
    for (const payload of [
      "12345678901234567890",
      '{"b":1,"a":2,"10":3,"9":4}',
      '"\\u00e9\\/ \\ud83d\\udc4d é 👍 \\" } ] \\\\"',
      "[ 1 , {} ,[ ] ]",
      "null",
      '""',
    ]) {
      assert.deepEqual(read(`{"reply": {"name": "a", "payload": ${payload} }}`), [{ ...plain, name: "a", payload }]);
      assert.equal(read(`{"replies":[{"payload":${payload},"name":"a"},{"name":"b"}]}`)[0]?.payload, payload);
    }
  });

  it("are found whatever else the answer says, and however it is written", () => {
    const body = '\n{ "status" : "ok", "x": {"reply": {"name": "no"}},\t"\\u0072eply" : {"name":"a","more":[{}]} }\r\n';
    assert.deepEqual(read(body), [{ ...plain, name: "a" }]);
  });

  it("are none in any other answer", () => {
    for (const body of [
      "",
      "ok",
      "<html>",
      "[]",
      "7",
      "null",
      '"reply"',
      "{}",
      '{"result":1}',
      '{"x":{"reply":{"name":"a"}}}',
      '{"reply":{"name":"a"}',
      "\ufeff{}",
    ]) {
      assert.deepEqual(read(body), [], body);
    }
    assert.deepEqual(repliesOf(Buffer.from([0x7b, 0xff, 0x7d])), []);
  });

  it("are missed if the app says that the answer is JSON, and it is not", () => {
    assert.deepEqual(repliesOf(Buffer.alloc(0), true), []);
    assert.throws(
      () => repliesOf(Buffer.from('{"reply":{"name":"a"}'), true),
      (error) => error instanceof Refusal && /Content-Type/.test(error.message),
    );
  });

  it("are none if the app says null for them", () => {
    assert.deepEqual(read('{"reply":null}'), []);
    assert.deepEqual(read('{"replies":null}'), []);
    assert.deepEqual(read('{"reply":null,"replies":[{"name":"a"}]}'), [{ ...plain, name: "a" }]);
  });

  it("are refused, and say why, if one is malformed", () => {
    for (const [body, why] of [
      ['{"reply":"users.created"}', /object with a name/],
      ['{"reply":{}}', /object with a name/],
      ['{"reply":[{"name":"a"}]}', /object with a name/],
      ['{"reply":{"name":7}}', /'name' of a message must be text/],
      ['{"reply":{"name":""}}', /needs a name/],
      ['{"reply":{"name":"a\\u0000b"}}', /control characters/],
      ['{"reply":{"name":"\\ud800"}}', /Unicode/],
      [`{"reply":{"name":"${"a".repeat(256)}"}}`, /255 bytes/],
      ['{"reply":{"name":"a","id":7}}', /'id' of a message must be text/],
      [`{"reply":{"name":"a","id":"${"x".repeat(256)}"}}`, /id of a reply .* 255/],
      ['{"replies":{"name":"a"}}', /must be an array/],
      ['{"replies":[{"name":"a"},7]}', /object with a name/],
    ] as const) {
      assert.throws(
        () => read(body),
        (error) => error instanceof Refusal && why.test(error.message),
        body,
      );
    }
  });

  it("are read or refused, but never trip over anything", () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom("reply", "replies"), (json, key) => {
        for (const body of [json, `{"${key}":${json}}`, `{"${key}":[${json}]}`]) {
          try {
            read(body);
          } catch (error) {
            assert.ok(error instanceof Refusal);
          }
        }
      }),
    );
  });
});
