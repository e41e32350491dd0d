import assert from "node:assert/strict";
import { type Members, Refusal } from "@exosphere/message";
import { jsonMistake, rawMembers } from "@exosphere/message/json";
import fc from "fast-check";
import { appFrameOf, claimedSender, subjectOf, wishesOf } from "./app-frame.ts";

const membersOf = (json: string): Members => rawMembers(Buffer.from(json)) as Members;
const frameOf = (json: string) => appFrameOf(membersOf(json));

/** The message in a frame, its bytes as text. */
function messageOf(json: string) {
  const frame = frameOf(json);
  assert.equal(frame.kind, "message");
  if (frame.kind !== "message") throw new Error("not reached");
  const { payload, auth, ...draft } = frame.draft;
  return { ...draft, payload: Buffer.from(payload).toString(), auth: auth && Buffer.from(auth).toString() };
}

const nothing = { id: undefined, activityId: undefined, responseTo: undefined, auth: undefined };

describe("a frame of an app", () => {
  it("is a message", () => {
    assert.deepEqual(messageOf('{"name":"users.create"}'), { ...nothing, name: "users.create", payload: "" });
    assert.deepEqual(
      messageOf('{"name":"a b","id":"1","activityId":"2","responseTo":"3","auth":{"u":1},"payload":[1]}'),
      {
        name: "a b",
        id: "1",
        activityId: "2",
        responseTo: "3",
        auth: '{"u":1}',
        payload: "[1]",
      },
    );
  });

  it("keeps the bytes of its payload", () => {
    const payload = '{ "b" : 9007199254740993.000, "a":"\\u00e9" ,"b":1e400}';
    assert.equal(messageOf(`{"payload": ${payload} ,"name":"x"}`).payload, payload);
  });

  it("says nothing by empty ids and nulls, and what it is not asked for is ignored", () => {
    const json =
      '{"name":"x","id":"","activityId":null,"responseTo":"","auth":null,"isSecurity":true,"sender":"boss","timestamp":5,"of":"mine"}';
    assert.deepEqual(messageOf(json), { ...nothing, name: "x", payload: "" });
  });

  it("registers a role, with what it asks for if it names it", () => {
    const registration = (rest: string) => membersOf(`{"name":"exocom.register-service","sender":"users"${rest}}`);
    const cases: [rest: string, errors: boolean, settle: boolean][] = [
      ["", false, false],
      [',"id":"123","payload":{"clientName":"users"}', false, false],
      [',"payload":{"errors":true,"settle":true}', true, true],
      ...["null", '"users"', "[]", '{"errors":"yes","settle":1}'].map((payload): [string, boolean, boolean] => [
        `,"payload":${payload}`,
        false,
        false,
      ]),
    ];
    for (const [rest, errors, settle] of cases) {
      assert.deepEqual(appFrameOf(registration(rest)), { kind: "registration", role: "users" });
      assert.deepEqual(wishesOf(registration(rest)), { errors, settle });
    }
  });

  it("asks to be told of errors, however wrong a registration is, and by no other frame", () => {
    const wishes = (json: string) => wishesOf(membersOf(json));
    const told = { errors: true, settle: false };
    assert.deepEqual(wishes('{"name":"exocom.register-service","payload":{"errors":true}}'), told);
    assert.deepEqual(wishes('{"name":"exocom.register-service","sender":5,"payload":{"errors":true}}'), told);
    assert.equal(wishes('{"name":"x","payload":{"errors":true}}'), undefined);
    assert.equal(wishes("{}"), undefined);
  });

  it("settles a delivery", () => {
    const settlement = { kind: "settlement", id: "m", outcome: "retry" };
    assert.deepEqual(frameOf('{"name":"exocom.settle","payload":{"id":"m","outcome":"retry"}}'), settlement);
    assert.deepEqual(frameOf('{"name":"exocom.settle","id":"m","outcome":"retry"}'), settlement);
  });

  for (const json of [
    "{}",
    '{"name":""}',
    '{"name":5}',
    '{"name":["x"]}',
    '{"name":"a\\u0000b"}',
    '{"name":"x","id":5}',
    '{"name":"x","activityId":{}}',
    `{"name":"${"n".repeat(256)}"}`,
    `{"name":"x","responseTo":"${"i".repeat(256)}"}`,
    '{"name":"exocom.register-service"}',
    '{"name":"exocom.register-service","sender":""}',
    '{"name":"exocom.register-service","sender":7}',
    '{"name":"exocom.settle"}',
    '{"name":"exocom.settle","payload":{"id":"","outcome":"done"}}',
    '{"name":"exocom.settle","payload":{"id":"m","outcome":"failed"}}',
  ]) {
    it(`is refused: ${json.slice(0, 60)}`, () => {
      assert.throws(() => frameOf(json), Refusal);
    });
  }

  it("tells its ids and its sender, however wrong it is", () => {
    assert.deepEqual(subjectOf(membersOf('{"id":"1","activityId":2}')), { id: "1", activityId: "" });
    for (const json of ['"payload":{"id":"1","outcome":"meh"}', '"id":"1","outcome":"meh"'])
      assert.deepEqual(subjectOf(membersOf(`{"name":"exocom.settle",${json}}`)), { id: "1", activityId: "" });
    assert.equal(claimedSender(membersOf('{"sender":"web"}')), "web");
    assert.equal(claimedSender(membersOf(`{"sender":"${"s".repeat(256)}"}`)), "");
  });

  it("is a frame or a Refusal, whatever JSON came, and its payload is a part of it", () => {
    const key = fc.oneof(fc.constantFrom("name", "payload", "id", "activityId", "sender", "auth"), fc.string());
    const value = fc.oneof(fc.constantFrom<unknown>("exocom.register-service", "exocom.settle", "x"), fc.jsonValue());
    fc.assert(
      fc.property(fc.dictionary(key, value), fc.constantFrom(undefined, 2), (object, indent) => {
        const json = JSON.stringify(object, null, indent);
        const bytes = Buffer.from(json);
        assert.equal(jsonMistake(bytes), undefined);
        try {
          const frame = frameOf(json);
          if (frame.kind !== "message" || !("payload" in object)) return;
          const payload = Buffer.from(frame.draft.payload).toString();
          assert.ok(json.includes(payload));
          assert.deepEqual(JSON.parse(payload), JSON.parse(json).payload);
        } catch (error) {
          if (!(error instanceof Refusal)) throw error;
        }
      }),
    );
  });
});
