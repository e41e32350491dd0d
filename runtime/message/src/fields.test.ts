import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createFileRegistry, fromBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import type { Envelope } from "@exosphere/proto";
import type { Setter } from "./field.ts";
import { fieldsFrom, fieldsTo, listedFields } from "./listed-fields.ts";
import type { EncodedEnvelope } from "./message-types.ts";

// The compiler finds a field of one that the other lacks, or has otherwise.
const encoded = {} as Envelope satisfies EncodedEnvelope;
const decoded = {} as EncodedEnvelope satisfies Envelope;
void [encoded, decoded];

const contract = createFileRegistry(
  fromBinary(
    FileDescriptorSetSchema,
    readFileSync(new URL("../../../proto/src/gen/descriptors.binpb", import.meta.url)),
  ),
);

/** The fields of a message of the contract, as generated code calls them. */
function contractFields(name: string): string[] {
  const message = contract.getMessage(`exosphere.exocom.v1.${name}`) ?? assert.fail(`There is no message ${name}.`);
  return message.fields.map(({ localName }) => localName);
}

describe("The list of the fields of a message", () => {
  it("names fields that the contract has", () => {
    for (const { name, wire } of listedFields)
      for (const [part, field] of Object.entries(wire))
        assert.ok(contractFields(part).includes(field), `${name} is to travel in ${part}.${field}, which there is not`);
  });

  it("has every field of an envelope, once", () => {
    const listed = listedFields.flatMap(({ wire }) => wire.Envelope ?? []);
    assert.deepEqual(listed.toSorted(), contractFields("Envelope").toSorted());
  });

  it("has no key or header twice", () => {
    const keys = listedFields.flatMap(({ json }) => json ?? []);
    const headers = listedFields.flatMap(({ header }) => header ?? []);
    for (const names of [keys, headers]) assert.equal(new Set(names).size, names.length, names.join(" "));
  });

  it("has a key for what JSON carries, and a header for what headers carry", () => {
    for (const { name, json, header, from, to } of listedFields) {
      const ways: readonly string[] = [...from, ...to];
      if (ways.some((way) => /Json|Reply$/.test(way))) assert.ok(json, `${name} has no key`);
      if (ways.some((way) => way.endsWith("Headers"))) assert.ok(header, `${name} has no header`);
    }
  });

  it("lets nobody bring a field who does not set it", () => {
    const setters = {
      app: ["appJson", "appReply", "appHeaders", "sdk"],
      client: ["clientJson", "clientHeaders", "browser"],
    } as const;
    for (const [setter, ways] of Object.entries(setters))
      for (const way of ways)
        for (const { name, setBy } of fieldsFrom(way))
          assert.ok(setBy.includes(setter as Setter), `${name} comes by ${way}, but is not set by ${setter}`);
  });

  it("shows clients nothing of what a message found them by", () => {
    for (const way of ["clientJson", "browser"] as const)
      assert.ok(!fieldsTo(way).some(({ name }) => name === "auth"), way);
  });
});
