import assert from "node:assert/strict";
import fc from "fast-check";
import { envelopes } from "../../envelopes.ts";
import { messageJson } from "./message-json.ts";

const text = (json: Uint8Array | string) => (typeof json === "string" ? json : Buffer.from(json).toString());

function told(payload: string | Uint8Array, auth = "", id = "id", activity = "activity") {
  const fields = {
    id: Buffer.from(id),
    responseTo: Buffer.alloc(0),
    auth: Buffer.from(auth),
    payload: Buffer.from(payload as string),
    traceparent: "",
    tracestate: "",
  };
  return messageJson({ name: "a name", activityId: Buffer.from(activity), fields, sender: "web" }, envelopes);
}

describe("a message for the security role", () => {
  it("is what was sent, whatever that is", () => {
    const anyText = fc.string({ unit: "grapheme" });
    fc.assert(
      fc.property(fc.json(), fc.json(), anyText, anyText, (payload, auth, id, activityId) => {
        const json = text(told(payload, auth, id, activityId));
        assert.ok(json.includes(`"payload":${payload},`) && json.includes(`"auth":${auth},`));
        assert.deepEqual(JSON.parse(json), {
          name: "a name",
          payload: JSON.parse(payload),
          id,
          activityId,
          auth: JSON.parse(auth),
          isSecurity: false,
          sender: "web",
        });
      }),
    );
  });

  it("is refused if its parts are not JSON, and could so write others", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.string().map((each) => Buffer.from(each)),
        ),
        (payload) => {
          const json = told(payload);
          if (typeof json === "string") return assert.match(json, /^The payload is not JSON: /);
          assert.deepEqual(Object.keys(JSON.parse(text(json))), [
            "name",
            "payload",
            "id",
            "activityId",
            "auth",
            "isSecurity",
            "sender",
          ]);
          assert.equal(JSON.parse(text(json)).sender, "web");
        },
      ),
    );
    assert.match(text(told('1,"sender":"admin"')), /payload is not JSON/);
    assert.match(text(told("1", "{")), /auth is not JSON/);
  });

  it("is refused if its ids are not text", () => {
    const fields = { ...envelopes.decode(new Uint8Array()), id: Uint8Array.of(0xff) };
    const message = { name: "a", activityId: Buffer.from("a"), fields, sender: "web" };
    assert.match(text(messageJson(message, envelopes)), /The id is not UTF-8/);
    assert.match(
      text(
        messageJson(
          { ...message, fields: { ...fields, id: Buffer.from("a") }, activityId: Uint8Array.of(0xff) },
          envelopes,
        ),
      ),
      /activity id is not/,
    );
  });
});
