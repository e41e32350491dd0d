import { BinaryWriter } from "@bufbuild/protobuf/wire";

/** A writer that is kept between messages, so that its buffer has grown once: a fresh one for each costs four times as much. */
class KeptWriter extends BinaryWriter {
  /** Begins anew, behind so many bytes that are left free. */
  reserve(bytes: number): void {
    const own = inside(this);
    own.pos = 0;
    own.ensureCapacity(bytes);
    own.pos = bytes;
  }

  /** Makes room, and has it written to. */
  append(room: number, write: (bytes: Uint8Array, at: number) => number): void {
    const own = inside(this);
    own.ensureCapacity(room);
    own.pos = write(own.buffer, own.pos);
  }

  /** What was written, in place. */
  get written(): Buffer {
    const { buffer, pos } = inside(this);
    return Buffer.from(buffer.buffer, buffer.byteOffset, pos);
  }
}

/** What is private in BinaryWriter's declaration, but part of what its generated callers rely on (protobuf-es 2.17). */
interface Inside {
  readonly buffer: Uint8Array<ArrayBuffer>;
  pos: number;
  ensureCapacity(size: number): void;
}

function inside(writer: KeptWriter): Inside {
  return writer as unknown as Inside;
}

let writer = new KeptWriter();

/**
 * Encodes a message of the contract with the generated code's own `encode`, if there is one, and behind it what `append` writes by
 * hand: it gets a buffer that has `room` bytes from `at` on, and returns where it ended. In front, `reserved` bytes are left free.
 * The result is lent: it is overwritten by the next, unless `keepLent` is called before.
 */
export function lendWith<T>(
  reserved: number,
  message: T | undefined,
  type: { encode(message: T, writer: BinaryWriter): BinaryWriter },
  room: number,
  append: (bytes: Uint8Array, at: number) => number,
): Buffer {
  try {
    writer.reserve(reserved);
    if (message !== undefined) type.encode(message, writer);
    writer.append(room, append);
    return writer.written;
  } catch (error) {
    // What a failed encoding left open must not become the start of the next message.
    writer = new KeptWriter();
    throw error;
  }
}

/** Makes what was lent last the caller's own. */
export function keepLent(): void {
  writer = new KeptWriter();
}
