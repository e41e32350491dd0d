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

  /** Makes room, and has it written to. */
  append(room: number, write: (bytes: Uint8Array, at: number) => number): void {
    const own = this as unknown as { buffer: Uint8Array; pos: number; ensureCapacity(size: number): void };
    own.ensureCapacity(room);
    own.pos = write(own.buffer, own.pos);
  }
}

let writer = new KeptWriter();

/**
 * Encodes a message of the contract with the generated code's own `encode`, if there is one, and behind it what `append` writes by
 * hand: it gets a buffer that has `room` bytes from `at` on, and returns where it ended. The result is the caller's.
 */
export function encodeWith<T>(
  message: T | undefined,
  type: { encode(message: T, writer: BinaryWriter): BinaryWriter },
  room: number,
  append: (bytes: Uint8Array, at: number) => number,
): Buffer {
  try {
    if (message !== undefined) type.encode(message, writer);
    writer.append(room, append);
    return asBuffer(writer.finish());
  } catch (error) {
    // What a failed encoding left behind must not become the start of the next message.
    writer = new KeptWriter();
    throw error;
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
