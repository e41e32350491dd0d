import { randomBytes } from "node:crypto";

/** The kinds of frames that ends exchange: RFC 6455, section 5.2. */
export const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** How a frame is written. */
export interface FrameOptions {
  readonly opcode?: number;
  readonly isFinal?: boolean;
  readonly isMasked?: boolean;
  /** The three bits that no extension of ours uses. */
  readonly reserved?: number;
}

/** A frame that came, and where it ends in what was read. */
export interface ReadFrame {
  readonly opcode: number;
  readonly payload: Buffer;
  readonly end: number;
}

/** A frame as a client writes it, by hand: nothing of ours, and no library. */
export function frameOf(
  text: string | Buffer,
  { opcode = opcodes.text, isFinal = true, isMasked = true, reserved = 0 }: FrameOptions = {},
): Buffer {
  const payload = Buffer.from(text);
  const { length } = payload;
  const head = [(isFinal ? 0x80 : 0) | (reserved << 4) | opcode];
  const mask = isMasked ? 0x80 : 0;
  if (length < 126) head.push(mask | length);
  else if (length < 0x10000) head.push(mask | 126, length >> 8, length & 0xff);
  else head.push(mask | 127, 0, 0, 0, 0, length >>> 24, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff);
  if (!isMasked) return Buffer.concat([Buffer.from(head), payload]);
  const key = randomBytes(4);
  for (let index = 0; index < length; index += 1)
    payload[index] = (payload[index] as number) ^ (key[index & 3] as number);
  return Buffer.concat([Buffer.from(head), key, payload]);
}

/** The first frame in what came from a server, if all of it is there. Servers neither mask nor, ours, fragment. */
export function readFrame(bytes: Buffer): ReadFrame | undefined {
  if (bytes.length < 2) return undefined;
  let start = 2;
  let length = (bytes[1] as number) & 0x7f;
  if (length === 126) {
    if (bytes.length < 4) return undefined;
    length = bytes.readUInt16BE(2);
    start = 4;
  } else if (length === 127) {
    if (bytes.length < 10) return undefined;
    length = Number(bytes.readBigUInt64BE(2));
    start = 10;
  }
  const end = start + length;
  if (bytes.length < end) return undefined;
  return { opcode: (bytes[0] as number) & 0x0f, payload: bytes.subarray(start, end), end };
}
