import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createFileRegistry, type DescField, type DescMessage, fromBinary, ScalarType } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import fc from "fast-check";

/** The contract as it was compiled, whatever it has by now. */
const contract = createFileRegistry(
  fromBinary(
    FileDescriptorSetSchema,
    readFileSync(new URL("../../../proto/src/gen/descriptors.binpb", import.meta.url)),
  ),
);

/** The descriptor of a message of the contract. */
export function messageOf(name: string): DescMessage {
  const found = contract.getMessage(`exosphere.exocom.v1.${name}`);
  assert.ok(found, `the contract has no message ${name}`);
  return found;
}

/** Writes one field with a value that is not its default. */
export type Write = (writer: BinaryWriter) => void;

const nonZero = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 0x7fff_ffff }));
const text = fc.string({ minLength: 1, maxLength: 10 });

/** How the value of a scalar field is written. Throws for a kind that the contract has not had so far. */
function scalar(writer: BinaryWriter, type: ScalarType, value: number, words: string): void {
  switch (type) {
    case ScalarType.UINT32:
      writer.uint32(value);
      break;
    case ScalarType.INT32:
      writer.int32(value);
      break;
    case ScalarType.UINT64:
      writer.uint64(value);
      break;
    case ScalarType.INT64:
      writer.int64(value);
      break;
    case ScalarType.FIXED64:
      writer.fixed64(value);
      break;
    case ScalarType.DOUBLE:
      writer.double(value / 3);
      break;
    case ScalarType.BOOL:
      writer.bool(true);
      break;
    case ScalarType.STRING:
      writer.string(words);
      break;
    case ScalarType.BYTES:
      writer.bytes(Buffer.from(words));
      break;
    default:
      throw new Error(`This test does not know fields of the type ${ScalarType[type]}.`);
  }
}

function wireTypeOf(type: ScalarType): WireType {
  if (type === ScalarType.DOUBLE || type === ScalarType.FIXED64) return WireType.Bit64;
  return type === ScalarType.STRING || type === ScalarType.BYTES ? WireType.LengthDelimited : WireType.Varint;
}

/** A field of the contract, with any value that is not its default. */
export function anyField(field: DescField, depth: number): fc.Arbitrary<Write> {
  const { number, fieldKind } = field;
  const nested = fieldKind === "message" ? field.message : fieldKind === "list" ? field.message : undefined;
  if (nested) {
    const inner = depth > 3 ? fc.constant<Write[]>([]) : anyFields(nested, depth + 1);
    const one = inner.map(
      (writes): Write =>
        (writer) => {
          writer.tag(number, WireType.LengthDelimited).fork();
          for (const write of writes) write(writer);
          writer.join();
        },
    );
    if (fieldKind === "message") return one;
    return fc.array(one, { minLength: 1, maxLength: 3 }).map(
      (all): Write =>
        (writer) => {
          for (const write of all) write(writer);
        },
    );
  }
  if (fieldKind === "map") return anyEntry(field);
  const type = field.scalar ?? ScalarType.INT32;
  const isPacked = fieldKind === "list" && wireTypeOf(type) !== WireType.LengthDelimited;
  const count = fieldKind === "list" ? 3 : 1;
  return fc.tuple(fc.array(nonZero, { minLength: 1, maxLength: count }), text).map(
    ([values, words]): Write =>
      (writer) => {
        if (isPacked) {
          writer.tag(number, WireType.LengthDelimited).fork();
          for (const value of values) scalar(writer, type, value, words);
          writer.join();
          return;
        }
        for (const value of values) {
          writer.tag(number, wireTypeOf(type));
          scalar(writer, type, value, words);
        }
      },
  );
}

/** An entry of a map of texts by texts, which is a message with two fields. */
function anyEntry(field: DescField & { readonly fieldKind: "map" }): fc.Arbitrary<Write> {
  if (field.mapKey !== ScalarType.STRING || field.scalar !== ScalarType.STRING)
    throw new Error(`This test does not know maps like ${field}.`);
  return text.map(
    (words): Write =>
      (writer) => {
        writer.tag(field.number, WireType.LengthDelimited).fork();
        writer.tag(1, WireType.LengthDelimited).string(words).tag(2, WireType.LengthDelimited).string(words);
        writer.join();
      },
  );
}

/** Some of the fields of a message, in their order, and now and then one that this contract does not have. */
export function anyFields(message: DescMessage, depth = 0): fc.Arbitrary<Write[]> {
  const fields = message.fields.map((field) => fc.option(anyField(field, depth), { nil: undefined }));
  return fc
    .tuple(fc.tuple(...fields), fc.option(fc.constant(unknownField), { nil: undefined, freq: 4 }))
    .map(([known, unknown]) => [...known, unknown].filter((write) => write !== undefined));
}

const unknownField: Write = (writer) => writer.tag(1000, WireType.LengthDelimited).string("of a later version");

/** What some fields are as bytes. */
export function bytesOf(writes: readonly Write[]): Buffer {
  const writer = new BinaryWriter();
  for (const write of writes) write(writer);
  return Buffer.from(writer.finish());
}

/** A message as text: fields in their order, bytes in hex. */
export const plain = (message: object): string =>
  JSON.stringify(message, function (this: Record<string, unknown>, key, value: unknown) {
    const raw = this[key];
    return raw instanceof Uint8Array ? Buffer.from(raw).toString("hex") : value;
  });
