import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import type { DescMessage } from "@bufbuild/protobuf";
import * as proto from "@exosphere/proto";
import fc from "fast-check";
import { anyFields, bytesOf, messageOf, plain } from "./contract-messages.fixture.ts";
import { WireReader } from "./wire-reader.ts";
import { WireWriter } from "./wire-writer.ts";

/** The code of ts-proto for a message. */
interface Reference {
  decode(bytes: Uint8Array): object;
  encode(message: object): { finish(): Uint8Array };
}

const folder = new URL("gen/", import.meta.url);
const frames: readonly string[] = ["AttachRequest", "AttachResponse"];

/** All messages that frames consist of, by the names of their types. */
function reachable(message: DescMessage, found = new Map<string, DescMessage>()): Map<string, DescMessage> {
  const type = message.typeName.replace("exosphere.exocom.v1.", "").replaceAll(".", "_");
  if (found.has(type)) return found;
  found.set(type, message);
  for (const field of message.fields) if (field.message) reachable(field.message, found);
  return found;
}

const messages = frames.reduce((found, name) => reachable(messageOf(name), found), new Map<string, DescMessage>());

/** The generated module of a message, as `codecFile` of tools/wire-codec names it and what it exports. */
async function codecOf(type: string) {
  const stem = type.replaceAll("_", "");
  const file = stem.replace(/(?<=.)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
  const module = await import(new URL(`${file}.ts`, folder).href);
  const isFrame = frames.includes(type);
  const room: number | ((message: object) => number) = module[`roomOf${stem}`];
  return {
    read: (bytes: Buffer): object =>
      module[`read${stem}`](new WireReader(bytes, Number.POSITIVE_INFINITY), bytes.length),
    /** What a message is as the field 1 of another one, or as a frame. */
    write(message: object): Buffer {
      const buffer = Buffer.alloc((typeof room === "number" ? room : room(message)) + 1, 0xaa);
      const writer = new WireWriter(buffer, 0);
      if (isFrame) module[`write${stem}`](writer, message);
      else module[`write${stem}`](writer, 10, message);
      assert.ok(writer.at < buffer.length, "more was written than there was room for");
      return buffer.subarray(0, writer.at);
    },
    isFrame,
  };
}

/** A message as the field 1 of another one. */
function asField(bytes: Uint8Array): Buffer {
  return bytesOf([(writer) => writer.uint32(10).bytes(bytes)]);
}

/** What came of reading: the message, or that it was refused. */
function outcomeOf(read: () => object): string {
  try {
    return plain(read());
  } catch {
    return "refused";
  }
}

describe("the generated codec", () => {
  it("has a module for each message that frames consist of, one for envelopes, and no other", () => {
    assert.equal(readdirSync(folder).length, messages.size + 1);
    assert.ok(readdirSync(folder).includes("envelope.ts"));
  });

  for (const [type, descriptor] of messages) {
    const reference = (proto as unknown as Record<string, Reference>)[type] as Reference;

    it(`reads any ${type} as ts-proto does, with fields of later contracts in it, and writes the same bytes`, async () => {
      const codec = await codecOf(type);
      fc.assert(
        fc.property(anyFields(descriptor), (fields) => {
          const bytes = bytesOf(fields);
          const message = codec.read(bytes);
          assert.equal(plain(message), plain(reference.decode(bytes)));
          const expected = reference.encode(message).finish();
          assert.equal(
            codec.write(message).toString("hex"),
            (codec.isFrame ? Buffer.from(expected) : asField(expected)).toString("hex"),
          );
        }),
      );
    });

    it(`takes of a damaged ${type} what ts-proto takes, and refuses what it refuses`, async () => {
      const codec = await codecOf(type);
      const damaged = fc
        .tuple(anyFields(descriptor), fc.nat(), fc.nat(255), fc.nat())
        .map(([fields, place, byte, end]) => {
          const bytes = bytesOf(fields);
          if (bytes.length > 0) bytes[place % bytes.length] = byte;
          return bytes.subarray(0, bytes.length - (end % 2 === 0 ? 0 : end % (bytes.length + 1)));
        });
      fc.assert(
        fc.property(damaged, (bytes) => {
          assert.equal(
            outcomeOf(() => codec.read(bytes)),
            outcomeOf(() => reference.decode(bytes)),
          );
        }),
        { numRuns: 300 },
      );
    });
  }

  it("agrees with ts-proto about every frame of the committed corpus, whole and cut off anywhere", async () => {
    const corpus = JSON.parse(readFileSync(new URL("../../../e2e/corpus/fuzz.json", import.meta.url), "utf8"));
    for (const [type, recorded] of [
      ["AttachRequest", corpus.frames],
      ["AttachResponse", corpus.responses],
    ] as const) {
      const codec = await codecOf(type);
      const reference = (proto as unknown as Record<string, Reference>)[type] as Reference;
      assert.ok(recorded.length > 0);
      for (const hex of recorded as readonly string[]) {
        const bytes = Buffer.from(hex, "hex");
        for (let end = 0; end <= bytes.length; end += 1) {
          const part = bytes.subarray(0, end);
          assert.equal(
            outcomeOf(() => codec.read(part)),
            outcomeOf(() => reference.decode(part)),
          );
        }
      }
    }
  });

  it("writes texts and lengths of any size where their size was guessed wrong", async () => {
    const codec = await codecOf("Refusal");
    const reference = proto.Refusal as unknown as Reference;
    fc.assert(
      fc.property(fc.nat(20_000), fc.constantFrom("a", "é", "\u{1f600}"), (length, letter) => {
        const message = proto.newRefusal({ sequence: 2 ** 53 - 1, detail: letter.repeat(length) });
        assert.equal(codec.write(message).equals(asField(reference.encode(message).finish())), true);
      }),
    );
  });
});
