import assert from "node:assert/strict";
import fc from "fast-check";
import { jsonMistake } from "./json-text.ts";
import { rawElements, rawMembers } from "./raw-json.ts";

const bytes = (text: string) => Buffer.from(text);
const texts = (values: Iterable<Uint8Array>) => [...values].map((value) => Buffer.from(value).toString());

describe("raw JSON", () => {
  it("keeps what JSON.parse would change: 64-bit integers, order of keys, spelling of strings", () => {
    const payload = '{"b":12345678901234567890,"1":1.0e5,"a":"\\u00e9\\/","b2":[1, 2 ]}';
    const members = rawMembers(bytes(`{"name":"x", "payload" : ${payload} }`));
    assert.deepEqual(texts(members?.values() ?? []), ['"x"', payload]);
  });

  it("finds the members of any object", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.integer({ min: 0, max: 4 }), (object, indent) => {
        const members = rawMembers(bytes(JSON.stringify(object, null, indent)));
        const parsed = [...(members ?? [])].map(([key, value]) => [key, JSON.parse(Buffer.from(value).toString())]);
        assert.deepEqual(parsed, Object.entries(JSON.parse(JSON.stringify(object))));
      }),
    );
  });

  it("finds the elements of any array", () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.integer({ min: 0, max: 4 }), (array, indent) => {
        const elements = rawElements(bytes(JSON.stringify(array, null, indent)));
        assert.deepEqual(
          texts(elements ?? []).map((text) => JSON.parse(text)),
          JSON.parse(JSON.stringify(array)),
        );
      }),
    );
  });

  it("ends on any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (noise) => {
        const text = Buffer.concat([bytes("["), noise]);
        assert.ok((rawElements(text)?.length ?? 0) <= text.length);
      }),
    );
  });

  it("tells what is not an object or an array", () => {
    assert.equal(rawMembers(bytes(" [1]")), undefined);
    assert.equal(rawElements(bytes('{"a":1}')), undefined);
    assert.equal(rawMembers(bytes("")), undefined);
  });
});

describe("jsonMistake", () => {
  for (const text of ["null", " 1 ", '"\\ud83d\\ude00"', '{"a":[]}', "1e400"]) {
    it(`takes ${text}`, () => assert.equal(jsonMistake(bytes(text)), undefined));
  }

  for (const text of ["", "{", "{'a':1}", "NaN", "\ufeff{}", '"\n"', "01", "1 2"]) {
    it(`refuses ${JSON.stringify(text)}`, () => assert.equal(typeof jsonMistake(bytes(text)), "string"));
  }

  it("refuses what is not UTF-8", () => assert.match(jsonMistake(Buffer.from([0x22, 0xff, 0x22])) ?? "", /UTF-8/));
});
