import { BinaryWriter } from "@bufbuild/protobuf/wire";

/** Kept between messages, so that its buffer has grown once: a fresh writer for each costs four times as much. */
let writer = new BinaryWriter();

/** Encodes a message of the contract with the generated code's own `encode`. The result is the caller's. */
export function encode<T>(message: T, type: { encode(message: T, writer: BinaryWriter): BinaryWriter }): Buffer {
  try {
    const bytes = type.encode(message, writer).finish();
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  } catch (error) {
    // What a failed encoding left behind must not become the start of the next message.
    writer = new BinaryWriter();
    throw error;
  }
}
