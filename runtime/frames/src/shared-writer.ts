import { BinaryWriter } from "@bufbuild/protobuf/wire";

/** Below this, Node cuts buffers from a shared slab; above, each is an allocation of its own. */
const slabBytes = Buffer.poolSize >>> 1;

/**
 * A writer that is kept between messages, so that its buffer has grown once: a fresh one for each costs four times as
 * much. Small results are cut from Node's slab: an ArrayBuffer for each envelope made up a third of all garbage.
 */
class KeptWriter extends BinaryWriter {
  override finish(): Uint8Array<ArrayBuffer> {
    // Both are private to BinaryWriter's declaration, but part of what its generated callers rely on (protobuf-es 2.17).
    const { buffer, pos } = this as unknown as { buffer: Uint8Array<ArrayBuffer>; pos: number };
    if (pos >= slabBytes) return super.finish();
    const result = Buffer.allocUnsafe(pos);
    result.set(buffer.subarray(0, pos));
    (this as unknown as { pos: number }).pos = 0;
    return result as Uint8Array<ArrayBuffer>;
  }
}

let writer = new KeptWriter();

/** Encodes a message of the contract with the generated code's own `encode`. The result is the caller's. */
export function encode<T>(message: T, type: { encode(message: T, writer: BinaryWriter): BinaryWriter }): Buffer {
  try {
    const bytes = type.encode(message, writer).finish();
    return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  } catch (error) {
    // What a failed encoding left behind must not become the start of the next message.
    writer = new KeptWriter();
    throw error;
  }
}
